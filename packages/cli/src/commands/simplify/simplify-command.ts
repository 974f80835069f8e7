import { setImmediate } from 'node:timers/promises';
import { FuseInitError } from '@fuseinit/core';
import { graphModelFiles, modelFiles, weightDtypeOf } from '@fuseinit/model-files';
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
  sampleOrder,
} from '@fuseinit/tfjs/internal';
import type { Command } from 'commander';
import { addDataOptions, type DataFormatOptions } from '../../data/data-options.js';
import { openSamples, type Samples } from '../../data/open-samples.js';
import { artifactBytes, loadSavedModel } from '../../model/load-model.js';
import { openDevice, type PluggedDevice } from '../../model/open-device.js';
import { copyMetadata } from '../../output/metadata.js';
import { addModelOutputOptions, type ModelOutputOptions } from '../../output/model-output.js';
import { type OutputFolder, openOutputFolder } from '../../output/output-folder.js';
import { storeStudent } from '../../output/store-student.js';
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
import { firstRun } from '../bench/first-run.js';
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
    .option(
      '--data <path>',
      'checks itself on these inputs instead of drawn ones, and corrects rounding to uint8 on them',
    )
    .option('--seconds <s>', 'for the warm runs of each; 0: a few, and no first run', number(0), 1);
  addModelOutputOptions(command);
  addBackendOptions(addSizeOptions(addDataOptions(command)))
    .addHelpText(
      'after',
      `
Batch norms, activations, paddings and branches go into the layers beside them: exactly, but for
rounding. What was written is run beside the model, on inputs that are drawn in its shape or on 64
of --data (--limit says another number); where outputs differ by more than float32 explains, nothing
is written. With --data, what rounding weights to uint8 changes is corrected, as it is by fuse.

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
  const device = await openDevice(options, warn);
  const { tf, name: backend, computesOn } = device;
  const { model: teacher, artifacts: given } = await loadSavedModel(tf, path, warn);
  const output = await openOutputFolder(options.output, options.force === true, [path, options.data], format);
  const drawn: DrawnInputs[] = [];
  let made: Exact | undefined;
  let samples: Samples | undefined;
  try {
    progress.show('simplifying', 0.1);
    made = await simplified(device, teacher, format);
    for (const warning of made.warnings) warn(warning);
    signal.throwIfAborted();
    if (options.data !== undefined) samples = await openSamples(teacher, options.data, options, session);
    const inputs = samples ? inputsFrom(tf, teacher, samples, options, signal) : drawInputs(tf, teacher);
    drawn.push(...(await inputs));
    const before = runnableLayers(teacher);
    progress.show('timing', 0.3);
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
    const storing = {
      ...options,
      before: weightDtypeOf(given.weightSpecs ?? []),
      inputs: drawn,
      samples,
      signal,
    };
    const stored = await storeStudent(tf, made.layers, output, storing, warn);
    if (stored.weights === 'float32') {
      const written = await loadWritten(tf, output, format);
      try {
        requireExplained(written);
      } finally {
        written.dispose();
      }
    }
    await copyMetadata(path, output.draft, output.path);
    signal.throwIfAborted();
    const { plugin } = options;
    const firstOf = async (model: string, format: ModelFormat) =>
      options.seconds > 0 ? firstRun(model, { backend, format, plugin, signal }) : null;
    const first = { before: await firstOf(path, 'layers'), after: await firstOf(output.draft, format) };
    await output.publish();
    const figuresOf = (
      layers: number,
      bytes: number,
      { latency, kernels }: RunCost,
      first: number | null,
    ): ModelFigures => ({ layers, kernels, bytes, latency: { ...latency, first } });
    const data: Simplification = {
      output: options.output,
      format,
      weights: stored.weights,
      finerWeights: stored.finerWeights,
      rounded: stored.rounded,
      backend,
      computesOn,
      comparedOn: samples
        ? `${count(comparedCount(samples, options))} samples of ${options.data}`
        : 'drawn inputs',
      lengths: drawn.flatMap(({ length }) => length ?? []),
      applied: made.applied,
      warnings: made.warnings,
      difference: { exact: difference, explained, stored: stored.difference },
      before: figuresOf(layersOf(teacher), artifactBytes(tf, given), asGiven!, first.before),
      after: figuresOf(made.layerCount, stored.bytes, after!, first.after),
    };
    return { text: simplificationText(data), data };
  } finally {
    for (const { tensors } of drawn) tf.dispose(tensors);
    made?.model.dispose();
    await samples?.close();
    await output.discard();
  }
}

/** A simplified model in memory. */
interface Exact extends Pick<Simplification, 'applied' | 'warnings'> {
  readonly layers: LayersModel;
  readonly layerCount: number;
  /** The model in the format in which it is saved. */
  readonly model: RunnableModel;
}

async function simplified(
  { tf, plugins }: PluggedDevice,
  teacher: LayersModel,
  format: ModelFormat,
): Promise<Exact> {
  const { model: layers, applied, warnings } = simplify(teacher, { tf, plugins });
  const layerCount = layersOf(layers);
  if (format === 'layers') return { layers, layerCount, model: runnableLayers(layers), applied, warnings };
  const graph = simplify(layers, { tf, format });
  return {
    layers,
    layerCount: layerCount - graph.applied.reduce((sum, { saving }) => sum + saving.layers, 0),
    model: runnableGraph(await tf.loadGraphModel(tf.io.fromMemory(graph.artifacts))),
    applied: [...applied, ...graph.applied],
    warnings: [...new Set([...warnings, ...graph.warnings])],
  };
}

async function loadWritten(
  tf: TensorFlow,
  { draft }: OutputFolder,
  format: ModelFormat,
): Promise<RunnableModel> {
  return format === 'graph'
    ? runnableGraph(await tf.loadGraphModel(graphModelFiles(draft)))
    : runnableLayers(await tf.loadLayersModel(modelFiles(draft)));
}

/** Counts the calls of layers, including nested ones. */
function layersOf(model: LayersModel): number {
  return readNetwork(model).nodes.filter(({ layer }) => layer.className !== 'InputLayer').length;
}

/** The default number of samples that a model is compared on, and the number run at a time. */
const [mostCompared, comparedAtOnce] = [64, 16];

function comparedCount(samples: Samples, { limit = mostCompared }: SimplifyCommandOptions): number {
  return Math.min(samples.count, limit);
}

/**
 * The samples that a model and its simplified form are compared on, drawn from all. The caller disposes the
 * tensors.
 */
async function inputsFrom(
  tf: TensorFlow,
  { inputs: [input] }: LayersModel,
  samples: Samples,
  options: SimplifyCommandOptions,
  signal: AbortSignal,
): Promise<DrawnInputs[]> {
  const batch = input!.shape[0] ?? null;
  const compared = sampleOrder(samples.indices, samples.heldOut).slice(0, comparedCount(samples, options));
  const inputs: DrawnInputs[] = [];
  for await (const { data, shape } of samples.batches(batch ?? comparedAtOnce, signal, compared.sort())) {
    if (batch !== null && shape[0] !== batch) break;
    const tensors = [tf.tensor(data, [...shape], input!.dtype)];
    inputs.push({ length: null, isFixedBatch: batch !== null, tensors });
  }
  if (inputs.length === 0) {
    throw new FuseInitError(
      'SAMPLES_TOO_FEW',
      `${options.data} has ${samples.count} samples, and the model takes batches of ${batch} alone: give as many, or leave --data out.`,
    );
  }
  return inputs;
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
