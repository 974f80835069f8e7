import { setImmediate } from 'node:timers/promises';
import { FuseInitError } from '@fuseinit/core';
import { graphModelFiles, modelFiles, type WeightDtype, weightDtypeOf } from '@fuseinit/model-files';
import { startBackend } from '@fuseinit/node-backends';
import { type Latency, timeInTurns } from '@fuseinit/planner';
import { type LayersModel, readNetwork, simplify, type TensorFlow } from '@fuseinit/tfjs';
import {
  type DrawnInputs,
  drawInputs,
  float32Explains,
  type ModelFormat,
  outputDifference,
  type RunnableModel,
  runnableGraph,
  runnableLayers,
} from '@fuseinit/tfjs/internal';
import type { Command } from 'commander';
import { addDataOptions, type DataFormatOptions } from '../../data/data-options.js';
import { openSamples } from '../../data/open-samples.js';
import { artifactBytes, loadSavedModel, type ModelArtifacts } from '../../model/load-model.js';
import { copyMetadata } from '../../output/metadata.js';
import {
  addModelOutputOptions,
  finerWeights,
  type ModelOutputOptions,
  saveDraft,
  storeWeights,
} from '../../output/model-output.js';
import { type OutputFolder, openOutputFolder } from '../../output/output-folder.js';
import {
  addBackendOptions,
  addSizeOptions,
  type BackendOptions,
  type SizeOptions,
} from '../../program/common-options.js';
import type { ExitCode } from '../../program/failure.js';
import { number } from '../../program/option-values.js';
import { type Outcome, runCommand, type Session } from '../../program/run-command.js';
import { count } from '../../terminal/figures.js';
import { type ModelFigures, type Simplification, simplificationText } from './simplification-text.js';

interface SimplifyCommandOptions extends BackendOptions, SizeOptions, DataFormatOptions, ModelOutputOptions {
  readonly data?: string;
  readonly output: string;
  readonly force?: boolean;
  readonly seconds: number;
}

export function defineSimplify(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('simplify')
    .description('Makes a model faster without changing what it computes; no data needed.')
    .argument('<model>', 'a folder with a model.json, or that file')
    .requiredOption('-o, --output <folder>', 'of the simplified model')
    .option('--force', 'writes into a folder that holds something')
    .option('--data <path>', 'checks itself on these inputs instead of drawn ones')
    .option('--seconds <s>', 'for the warm runs of each', number(0), 1);
  addModelOutputOptions(command);
  addBackendOptions(addSizeOptions(addDataOptions(command)))
    .addHelpText(
      'after',
      `
Batch norms, activations, paddings and branches go into the layers beside them: exactly, but for
rounding. What was written is run beside the model, on inputs that are drawn in its shape or on 64
of --data (--limit says another number); where outputs differ by more than float32 explains, nothing
is written.

Examples:
  fuseinit simplify teacher -o simplified
  fuseinit simplify teacher --format graph --weights float16 -o graph
  fuseinit simplify teacher --data photos --resize 224x224 -o simplified`,
    )
    .action(async (model: string, options: SimplifyCommandOptions) => {
      ended(await runCommand(options, (session) => simplifyModel(model, options, session)));
    });
}

async function simplifyModel(
  path: string,
  options: SimplifyCommandOptions,
  session: Session,
): Promise<Outcome> {
  const { signal, progress, warn } = session;
  const { format } = options;
  const { tf, name: backend, computesOn } = await startBackend(options.backend, warn);
  const { model: teacher, artifacts: given } = await loadSavedModel(tf, path, warn);
  const output = await openOutputFolder(options.output, options.force === true, [path, options.data], format);
  const drawn: DrawnInputs[] = [];
  let made: Exact | undefined;
  try {
    progress.show('simplifying', 0.1);
    made = await simplified(tf, teacher, format);
    for (const warning of made.warnings) warn(warning);
    signal.throwIfAborted();
    const compared = await comparedInputs(tf, teacher, options, session);
    drawn.push(...compared.inputs);
    const before = runnableLayers(teacher);
    progress.show('timing', 0.3);
    // The simplified model runs first, so that what a process pays once for its first run isn't counted in
    // its favour.
    const [after, asGiven] = await compareRuns(tf, [made.model, before], drawn[0]!, {
      seconds: options.seconds,
      signal,
    });
    signal.throwIfAborted();
    progress.show('checking', 0.6);
    const explained = float32Explains(tf, teacher, drawn);
    const requireExplained = (model: RunnableModel): number => {
      const difference = outputDifference(tf, before, model, drawn);
      if (!(difference <= explained)) throw differs(difference, explained);
      return difference;
    };
    const difference = requireExplained(made.model);
    await setImmediate();
    signal.throwIfAborted();
    progress.show('saving', 0.8);
    const store = async (weights: WeightDtype): Promise<number> => {
      await made!.save(output, weights);
      const model = await made!.load(output);
      try {
        return weights === 'float32' ? requireExplained(model) : outputDifference(tf, before, model, drawn);
      } finally {
        model.dispose();
      }
    };
    const stored = await storeWeights(options, weightDtypeOf(given.weightSpecs ?? []), store, warn);
    await copyMetadata(path, output.draft, output.path);
    const files = await (format === 'graph' ? graphModelFiles : modelFiles)(output.draft).load();
    signal.throwIfAborted();
    await output.publish();
    const isOpen = drawn[0]!.length !== null;
    const costOf = (
      artifacts: ModelArtifacts,
      layerCount: number,
      { latency, kernels }: RunCost,
    ): ModelFigures => ({
      layers: layerCount,
      kernels,
      bytes: artifactBytes(tf, artifacts),
      // A model with open lengths has already run, in order to find lengths that it accepts.
      latency: { ...latency, first: isOpen ? null : latency.first },
    });
    const data: Simplification = {
      output: options.output,
      format,
      weights: stored.weights,
      finerWeights: finerWeights(stored.weights, files),
      backend,
      computesOn,
      comparedOn: compared.description,
      lengths: drawn.flatMap(({ length }) => length ?? []),
      applied: made.applied,
      warnings: made.warnings,
      difference: { exact: difference, explained, stored: stored.difference },
      before: costOf(given, layersOf(teacher), asGiven!),
      after: costOf(files, made.layers, after!),
    };
    return { text: simplificationText(data), data };
  } finally {
    for (const { tensors } of drawn) tf.dispose(tensors);
    made?.model.dispose();
    await output.discard();
  }
}

/** A simplified model in memory, and how to save it. */
interface Exact extends Pick<Simplification, 'applied' | 'warnings'> {
  readonly model: RunnableModel;
  readonly layers: number;
  save(output: OutputFolder, weights: WeightDtype): Promise<void>;
  load(output: OutputFolder): Promise<RunnableModel>;
}

async function simplified(tf: TensorFlow, teacher: LayersModel, format: ModelFormat): Promise<Exact> {
  if (format === 'graph') {
    const { artifacts, ...done } = simplify(teacher, { tf, format });
    const saved = done.applied.reduce((sum, { saving }) => sum + saving.layers, 0);
    return {
      ...done,
      layers: layersOf(teacher) - saved,
      model: runnableGraph(await tf.loadGraphModel(tf.io.fromMemory(artifacts))),
      save: (output, weights) =>
        saveDraft(output, (draft) => graphModelFiles(draft, { weights }).save(artifacts)),
      load: async ({ draft }) => runnableGraph(await tf.loadGraphModel(graphModelFiles(draft))),
    };
  }
  const { model, ...done } = simplify(teacher, { tf });
  return {
    ...done,
    layers: layersOf(model),
    model: runnableLayers(model),
    save: (output, weights) => saveDraft(output, (draft) => model.save(modelFiles(draft, { weights }))),
    load: async ({ draft }) => runnableLayers(await tf.loadLayersModel(modelFiles(draft))),
  };
}

/** Counts the calls of layers, including nested ones. */
function layersOf(model: LayersModel): number {
  return readNetwork(model).nodes.filter(({ layer }) => layer.className !== 'InputLayer').length;
}

/** The default number of samples that a model is compared on, and the number run at a time. */
const [mostCompared, comparedAtOnce] = [64, 16];

/**
 * The inputs that a model and its simplified form are compared on, with a description; the caller disposes
 * the tensors.
 */
async function comparedInputs(
  tf: TensorFlow,
  model: LayersModel,
  options: SimplifyCommandOptions,
  session: Session,
): Promise<{ readonly inputs: readonly DrawnInputs[]; readonly description: string }> {
  const { data: path, limit = mostCompared } = options;
  if (path === undefined) return { inputs: await drawInputs(tf, model), description: 'drawn inputs' };
  const samples = await openSamples(model, path, { ...options, limit }, session);
  const inputs: DrawnInputs[] = [];
  try {
    const batch = model.inputs[0]!.shape[0] ?? null;
    for await (const { data, shape } of samples.batches(batch ?? comparedAtOnce, session.signal)) {
      if (batch !== null && shape[0] !== batch) break;
      const tensors = [tf.tensor(data, [...shape], model.inputs[0]!.dtype)];
      inputs.push({ length: null, isFixedBatch: batch !== null, tensors });
    }
  } finally {
    await samples.close();
  }
  if (inputs.length === 0) {
    throw new FuseInitError(
      'SAMPLES_TOO_FEW',
      `${path} has ${samples.count} samples, and the model takes batches of ${model.inputs[0]!.shape[0]} alone: give as many, or leave --data out.`,
    );
  }
  return { inputs, description: `${count(samples.count)} samples of ${path}` };
}

interface RunCost {
  readonly latency: Latency;
  readonly kernels: number;
}

/** Times models on one of the drawn samples, and then counts the kernels that they run. */
async function compareRuns(
  tf: TensorFlow,
  models: readonly RunnableModel[],
  { tensors, isFixedBatch }: DrawnInputs,
  options: { readonly seconds: number; readonly signal: AbortSignal },
): Promise<RunCost[]> {
  const one = tensors.map((tensor) => (isFixedBatch ? tensor.clone() : tf.slice(tensor, 0, 1)));
  try {
    const latencies = await timeInTurns(
      models.map((model) => () => model.run(one)),
      options,
    );
    const costs: RunCost[] = [];
    for (const [index, model] of models.entries()) {
      const { kernels } = await tf.profile(() => tf.tidy(() => void model.run(one)) as never);
      costs.push({ latency: latencies[index]!, kernels: kernels.length });
    }
    return costs;
  } finally {
    tf.dispose(one);
  }
}

function differs(difference: number, explained: number): FuseInitError {
  return new FuseInitError(
    'CHECK_FAILED',
    `The simplified model's outputs differ by ${difference.toExponential(1)} of the largest one, and float32 explains ${explained.toExponential(1)} only: nothing was written. Try another --backend; if it differs there too, it is a fault of fuseinit.`,
  );
}
