import { setImmediate } from 'node:timers/promises';
import { FuseInitError } from '@fuseinit/core';
import {
  graphModelFiles,
  modelFiles,
  type WeightDtype,
  weightDtypeOf,
  weightDtypes,
} from '@fuseinit/model-files';
import { startBackend } from '@fuseinit/node-backends';
import { type Latency, timeInTurns } from '@fuseinit/planner';
import { type LayersModel, readNetwork, simplify, type TensorFlow } from '@fuseinit/tfjs';
import {
  type DrawnInputs,
  drawInputs,
  float32Explains,
  outputDifference,
  type RunnableModel,
  runnableGraph,
  runnableLayers,
} from '@fuseinit/tfjs/internal';
import { type Command, Option } from 'commander';
import { loadModel } from '../../model/load-model.js';
import { type OutputFolder, type OutputFormat, openOutputFolder } from '../../output/output-folder.js';
import { saveDraft } from '../../output/save-student.js';
import { addBackendOptions, type BackendOptions } from '../../program/common-options.js';
import type { ExitCode } from '../../program/exit-code.js';
import { number } from '../../program/option-values.js';
import { type Outcome, runCommand, type Session } from '../../program/run-command.js';
import { percent } from '../../terminal/figures.js';
import { type ModelFigures, type Simplification, simplificationText } from './simplification-text.js';

interface SimplifyCommandOptions extends BackendOptions {
  readonly output: string;
  readonly force?: boolean;
  readonly format: OutputFormat;
  readonly weights?: WeightDtype;
  readonly seconds: number;
}

export function defineSimplify(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('simplify')
    .description('Makes a model faster without changing what it computes; no data needed.')
    .argument('<model>', 'a folder with a model.json, or that file')
    .requiredOption('-o, --output <folder>', 'of the simplified model')
    .option('--force', 'writes into a folder that holds something')
    .addOption(
      new Option(
        '--format <format>',
        'layers, for tf.loadLayersModel; graph, for tf.loadGraphModel, is faster but for inference alone',
      )
        .choices(['layers', 'graph'])
        .default('layers'),
    )
    .addOption(
      new Option('--weights <type>', 'what weights are stored as (default: as in the model)').choices(
        weightDtypes,
      ),
    )
    .option('--seconds <s>', 'for the warm runs of each', number(0), 1);
  addBackendOptions(command)
    .addHelpText(
      'after',
      `
Batch norms, activations, paddings and branches go into the layers beside them: exactly, but for
rounding. What was written is run on drawn inputs beside the model; where they differ by more than
float32 explains, nothing is written.

Examples:
  fuseinit simplify teacher -o simplified
  fuseinit simplify teacher --format graph --weights float16 -o graph`,
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
  const given = await modelFiles(path).load();
  const teacher = await loadModel(tf, path, warn);
  const output = await openOutputFolder(options.output, options.force === true, format);
  const drawn: DrawnInputs[] = [];
  let made: Exact | undefined;
  try {
    progress.show('simplifying', 0.1);
    made = await simplified(tf, teacher, format);
    for (const warning of made.warnings) warn(warning);
    signal.throwIfAborted();
    drawn.push(...(await drawInputs(tf, teacher)));
    const before = runnableLayers(teacher);
    progress.show('timing', 0.3);
    // The simplified model first: what the process pays once, for its first run of all, isn't counted in its favour.
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
    const wanted = options.weights
      ? [options.weights]
      : [...keepingOrFiner(weightDtypeOf(given.weightSpecs ?? []))];
    const stored = await storedIn(wanted, async (weights) => {
      await made!.save(output, weights);
      const model = await made!.load(output);
      try {
        return weights === 'float32' ? requireExplained(model) : outputDifference(tf, before, model, drawn);
      } finally {
        model.dispose();
      }
    });
    if (stored.weights !== wanted[0]) {
      warn(
        `Weights are stored as ${stored.weights}: as ${wanted[0]}, like the model's, outputs would change by more than ${percent(mostRounding)} of the largest one.`,
      );
    } else if (stored.difference > mostRounding) {
      warn(
        `Stored as ${stored.weights}, outputs change by ${percent(stored.difference)} of the largest one: choose finer --weights.`,
      );
    }
    const files = await (format === 'graph' ? graphModelFiles : modelFiles)(output.draft).load();
    signal.throwIfAborted();
    await output.publish();
    const isOpen = drawn[0]!.length !== null;
    const costOf = (
      artifacts: typeof given,
      layerCount: number,
      { latency, kernels }: RunCost,
    ): ModelFigures => ({
      layers: layerCount,
      kernels,
      bytes: bytesOf(tf, artifacts),
      // A model of open lengths has run by then, to find lengths that it takes.
      latency: { ...latency, first: isOpen ? null : latency.first },
    });
    const data: Simplification = {
      output: options.output,
      format,
      weights: stored.weights,
      backend,
      computesOn,
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

/** A simplified model in memory, and how it becomes files. */
interface Exact extends Pick<Simplification, 'applied' | 'warnings'> {
  readonly model: RunnableModel;
  readonly layers: number;
  save(output: OutputFolder, weights: WeightDtype): Promise<void>;
  load(output: OutputFolder): Promise<RunnableModel>;
}

async function simplified(tf: TensorFlow, teacher: LayersModel, format: OutputFormat): Promise<Exact> {
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

/** Calls of layers, nested ones too. */
function layersOf(model: LayersModel): number {
  return readNetwork(model).nodes.filter(({ layer }) => layer.className !== 'InputLayer').length;
}

/** Of the largest output: what rounding weights may change where nobody asked for the type that they are stored as. */
const mostRounding = 0.01;

/** A type of weights and the finer ones, of which float32 is the last. */
function keepingOrFiner(weights: WeightDtype): readonly WeightDtype[] {
  const finer = {
    uint8: ['uint16', 'float32'],
    uint16: ['float32'],
    float16: ['float32'],
    float32: [],
  } as const;
  return [weights, ...finer[weights]];
}

/**
 * Stores weights as the first of the types that changes outputs little, or as the last. Folded kernels have channels of
 * other scales than those that were trained, so that the type that did for these may be too coarse.
 *
 * @param store Gives the difference that remains.
 */
async function storedIn(
  wanted: readonly WeightDtype[],
  store: (weights: WeightDtype) => Promise<number>,
): Promise<{ readonly weights: WeightDtype; readonly difference: number }> {
  for (const weights of wanted) {
    try {
      const difference = await store(weights);
      if (difference <= mostRounding || weights === wanted.at(-1)) return { weights, difference };
    } catch (error) {
      const isOutOfRange =
        FuseInitError.isInstance(error) && ['PRECISION_TOO_LOW', 'VALUE_NOT_FINITE'].includes(error.code);
      if (!isOutOfRange || weights === wanted.at(-1)) throw error;
    }
  }
  throw new Error('No type of weights was wanted.');
}

interface RunCost {
  readonly latency: Latency;
  readonly kernels: number;
}

/** Times models on one of the drawn samples, and then counts what they run. */
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

function bytesOf(
  tf: TensorFlow,
  artifacts: Parameters<TensorFlow['io']['getModelArtifactsInfoForJSON']>[0],
): number {
  const { modelTopologyBytes, weightSpecsBytes, weightDataBytes } =
    tf.io.getModelArtifactsInfoForJSON(artifacts);
  return modelTopologyBytes! + weightSpecsBytes! + weightDataBytes!;
}

function differs(difference: number, explained: number): FuseInitError {
  return new FuseInitError(
    'CHECK_FAILED',
    `The simplified model's outputs differ by ${difference.toExponential(1)} of the largest one, and float32 explains ${explained.toExponential(1)} only: nothing was written. Try another --backend; if it differs there too, it is a fault of fuseinit.`,
  );
}
