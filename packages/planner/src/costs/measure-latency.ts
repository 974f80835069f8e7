import { FuseInitError, requireNotAborted } from '@fuseinit/core';
import type { LayersModel, Tensor, TensorFlow } from '@fuseinit/tfjs';
import { type ModelFormat, type RunnableModel, runnableAs } from '@fuseinit/tfjs/internal';
import { quantileSorted } from 'simple-statistics';

/** How long one batch takes; seconds. */
export interface Latency {
  /** Of the model's first run in this program: with what its backend compiles and allocates. */
  readonly first: number;
  /** Of the runs after it. */
  readonly median: number;
  /** The quartiles. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

export interface LatencyOptions {
  /** Default 1; a model of a fixed batch is timed on that. */
  readonly batchSize?: number;
  /**
   * What a LayersModel is timed as: itself, or the GraphModel that `simplify` makes of it. Default
   * `'layers'`.
   */
  readonly format?: ModelFormat;
  /** Warm runs of each model, as far as `seconds` allow. Default 30. */
  readonly repeats?: number;
  /** Time for the warm runs of one model, of which at least three are made. Default 1. */
  readonly seconds?: number;
  /** Of one sample of each input, where a model leaves lengths open. */
  readonly inputShapes?: readonly (readonly number[])[];
  readonly signal?: AbortSignal;
}

/**
 * Times models on the backend that `tf` runs on, until their outputs are downloaded. Runs take turns, so that
 * what disturbs the machine disturbs all of them.
 *
 * @throws MODEL_UNSUPPORTED for inputs of open length or of no numbers, or a model that TensorFlow.js can't
 * run.
 * @throws LAYER_UNSUPPORTED for a layer that no GraphModel can have, where it is to be timed as one.
 * @throws ABORTED when the signal fires.
 */
export async function compareLatency(
  tf: TensorFlow,
  models: readonly (LayersModel | RunnableModel)[],
  { batchSize = 1, format = 'layers', inputShapes = [], ...turns }: LatencyOptions = {},
): Promise<Latency[]> {
  const made: RunnableModel[] = [];
  const inputs: Tensor[][] = [];
  try {
    const runs: (() => Tensor[])[] = [];
    for (const model of models) {
      const runnable = 'run' in model ? model : await runnableAs(tf, model, format);
      if (runnable !== model) made.push(runnable);
      const fed = inputsOf(tf, runnable, batchSize, inputShapes);
      inputs.push(fed);
      runs.push(() => runnable.run(fed));
    }
    return await timeInTurns(runs, turns);
  } finally {
    for (const each of inputs) tf.dispose(each);
    for (const runnable of made) runnable.dispose();
  }
}

/**
 * Times what gives tensors until they are downloaded, as {@link compareLatency} does; the tensors are
 * disposed.
 *
 * @throws ABORTED when the signal fires.
 */
export async function timeInTurns(
  runs: readonly (() => readonly Tensor[])[],
  { repeats = 30, seconds = 1, signal }: Omit<LatencyOptions, 'batchSize' | 'format' | 'inputShapes'> = {},
): Promise<Latency[]> {
  const times: number[][] = runs.map(() => []);
  const end = seconds * runs.length;
  let spent = 0;
  for (let turn = 0; turn <= repeats; turn++) {
    for (const [index, run] of runs.entries()) {
      requireNotAborted(signal, 'latency');
      const time = await secondsOf(run);
      times[index]!.push(time);
      if (turn > 0) spent += time;
    }
    if (spent > end && turn >= 3) break;
  }
  return times.map(latencyOf);
}

/** {@link compareLatency} for one model. */
export async function measureLatency(
  tf: TensorFlow,
  model: LayersModel,
  options: LatencyOptions = {},
): Promise<Latency> {
  const [latency] = await compareLatency(tf, [model], options);
  return latency!;
}

function latencyOf([first, ...warm]: readonly number[]): Latency {
  const sorted = [...warm].sort((a, b) => a - b);
  return {
    first: first!,
    median: quantileSorted(sorted, 0.5),
    low: quantileSorted(sorted, 0.25),
    high: quantileSorted(sorted, 0.75),
    count: sorted.length,
  };
}

async function secondsOf(run: () => readonly Tensor[]): Promise<number> {
  const start = performance.now();
  const outputs = run();
  // On a GPU the work is done when the numbers are here.
  await Promise.all(outputs.map((tensor) => tensor.data()));
  const seconds = (performance.now() - start) / 1000;
  for (const tensor of outputs) tensor.dispose();
  return seconds;
}

function inputsOf(
  tf: TensorFlow,
  model: RunnableModel,
  batchSize: number,
  inputShapes: readonly (readonly number[])[],
): Tensor[] {
  return model.inputs.map(({ shape, dtype, name }, index) => {
    const [fixedBatch] = shape;
    const sample = shape.slice(1).map((length, axis) => length ?? inputShapes[index]?.[axis] ?? null);
    if (sample.some((length) => length === null)) {
      throw new FuseInitError(
        'MODEL_UNSUPPORTED',
        `The input ${JSON.stringify(name)} has the shape [${sample}]: latency is measured where every length but the batch's is known. Give inputShapes.`,
      );
    }
    const size = [fixedBatch ?? batchSize, ...(sample as number[])];
    // Numbers of usual size: zeros may be faster. Integers may index a table.
    return dtype === 'float32' ? tf.randomUniform(size, 0, 1, 'float32', 1) : tf.zeros(size, dtype);
  });
}
