import { FuseInitError, requireNotAborted } from '@fuseinit/core';
import type { LayersModel, Tensor, TensorFlow } from '@fuseinit/tfjs';
import { predictBatch, requireNumericModel } from '@fuseinit/tfjs/internal';
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
  /** Warm runs of each model, as far as `seconds` allow. Default 30. */
  readonly repeats?: number;
  /** Time for the warm runs of one model, of which at least three are made. Default 1. */
  readonly seconds?: number;
  readonly signal?: AbortSignal;
}

/**
 * Times models on the backend that `tf` runs on, until their outputs are downloaded. Runs take turns, so that what
 * disturbs the machine disturbs all of them.
 *
 * @throws MODEL_UNSUPPORTED for inputs of open length or of no numbers, or a model that TensorFlow.js can't run.
 * @throws ABORTED when the signal fires.
 */
export async function compareLatency(
  tf: TensorFlow,
  models: readonly LayersModel[],
  { batchSize = 1, ...turns }: LatencyOptions = {},
): Promise<Latency[]> {
  const inputs = models.map((model) => inputsOf(tf, model, batchSize));
  try {
    return await timeInTurns(
      models.map((model, index) => () => predictBatch(model, inputs[index]!)),
      turns,
    );
  } finally {
    for (const each of inputs) tf.dispose(each);
  }
}

/**
 * Times what gives tensors until they are downloaded, as {@link compareLatency} does; the tensors are disposed.
 *
 * @throws ABORTED when the signal fires.
 */
export async function timeInTurns(
  runs: readonly (() => readonly Tensor[])[],
  { repeats = 30, seconds = 1, signal }: Omit<LatencyOptions, 'batchSize'> = {},
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

function inputsOf(tf: TensorFlow, model: LayersModel, batchSize: number): Tensor[] {
  requireNumericModel(model);
  return model.inputs.map(({ shape, dtype, name }) => {
    const [fixedBatch, ...sample] = shape;
    if (sample.some((length) => length === null)) {
      throw new FuseInitError(
        'MODEL_UNSUPPORTED',
        `The input ${JSON.stringify(name)} has the shape [${sample}]: latency is measured where every length but the batch's is known.`,
      );
    }
    const size = [fixedBatch ?? batchSize, ...(sample as number[])];
    // Numbers of usual size: zeros may be faster. Integers may index a table.
    return dtype === 'float32' ? tf.randomUniform(size, 0, 1, 'float32', 1) : tf.zeros(size, dtype);
  });
}
