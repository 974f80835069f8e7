import { FuseInitError, requireNotAborted } from '@fuseinit/core';
import type { LayersModel, Tensor, TensorFlow } from '@fuseinit/tfjs';
import { type ModelFormat, type RunnableModel, runnableAs } from '@fuseinit/tfjs/internal';
import { median, quantile } from 'simple-statistics';

/** The time that one batch takes, in seconds. */
export interface Latency {
  /** The time of the model's first run in this process, including what the backend compiles and allocates. */
  readonly first: number;
  /** The median time of warm runs, after runs have stopped becoming faster. */
  readonly median: number;
  /** The lower quartile of the warm runs; `high` is the upper one. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** The median relative to that of the first model in the same turns; 1 for the first model. */
  readonly ratio: Ratio;
  /** Whether runs had stopped becoming faster before the measurement ended. */
  readonly isSettled: boolean;
}

/**
 * A ratio of two medians. With ten rounds, `low` and `high` are the second smallest and the second largest of
 * the rounds' ratios, an interval with a confidence of 98 %; with fewer, they are the smallest and the
 * largest.
 */
export interface Ratio {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Options of {@link compareLatency}. */
export interface LatencyOptions {
  /** The number of samples per batch. Default 1; a model with a fixed batch size is timed with that. */
  readonly batchSize?: number;
  /**
   * The format in which a LayersModel is timed: itself, or the GraphModel that `simplify` converts it to.
   * Default `'layers'`.
   */
  readonly format?: ModelFormat;
  /** The maximum number of warm runs of each model. Default: as many as `seconds` allow. */
  readonly repeats?: number;
  /**
   * The time for the warm runs of one model in seconds, with three runs at least. Up to three times as long
   * is spent on warming up while runs are still becoming faster. Default 1.
   */
  readonly seconds?: number;
  /** The shape of one sample of each input, for models that leave lengths open. */
  readonly inputShapes?: readonly (readonly number[])[];
  readonly signal?: AbortSignal;
}

/**
 * Times models on the backend that `tf` runs on, until their outputs are downloaded. The models run in turns,
 * so that disturbances of the machine affect all of them alike.
 *
 * @throws MODEL_UNSUPPORTED for inputs of open length or without numbers, or a model that TensorFlow.js can't
 *   run.
 * @throws LAYER_UNSUPPORTED for a layer that can't be converted, where the model is to be timed as a
 *   GraphModel.
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
 * Times functions that return tensors until the tensors are downloaded, as {@link compareLatency} does, and
 * disposes the tensors.
 *
 * @throws ABORTED when the signal fires.
 */
export async function timeInTurns(
  runs: readonly (() => readonly Tensor[])[],
  {
    repeats = Number.POSITIVE_INFINITY,
    seconds = 1,
    signal,
  }: Omit<LatencyOptions, 'batchSize' | 'format' | 'inputShapes'> = {},
): Promise<Latency[]> {
  let yielded = performance.now();
  const turn = async () => {
    const times: number[] = [];
    for (const run of runs) {
      requireNotAborted(signal, 'latency');
      times.push(await secondsOf(run));
      // Some backends download in microtasks only, during which no abort signal can arrive.
      if (performance.now() - yielded > longestWithoutYield) {
        await new Promise((resolve) => setTimeout(resolve));
        yielded = performance.now();
      }
    }
    return times;
  };
  const firsts = await turn();
  for (let attempt = 1; ; attempt++) {
    const turns: number[][] = [];
    let spent = 0;
    do {
      const times = await turn();
      turns.push(times);
      spent += times.reduce((sum, time) => sum + time, 0);
    } while (turns.length < repeats && (turns.length < 3 || spent < seconds * runs.length));
    const isSettled = hasSettled(turns);
    if (isSettled || attempt === mostAttempts) return latenciesOf(firsts, turns, isSettled);
  }
}

/**
 * The longest time between yields to the event loop in milliseconds, so that a signal takes effect within 0.2
 * s.
 */
const longestWithoutYield = 50;
/** The maximum number of attempts. Only the last one is reported; the others are warm-up. */
const mostAttempts = 4;

/**
 * Whether runs have stopped becoming faster: no model was 5 % faster in the second half of its turns than in
 * the first. JavaScript engines keep optimising for hundreds of runs.
 *
 * @param turns The seconds of each model, for each turn.
 */
export function hasSettled(turns: readonly (readonly number[])[]): boolean {
  // With fewer turns, the halves can differ by more than that by chance.
  if (turns.length < 8) return true;
  const half = Math.floor(turns.length / 2);
  return turns[0]!.every((_, index) => {
    const times = turns.map((turn) => turn[index]!);
    return median(times.slice(half)) > 0.95 * median(times.slice(0, half));
  });
}

/**
 * Computes the latency of each model from runs in turns. The turns are divided into ten rounds and a ratio is
 * taken in each, so that a change in the machine's speed affects both sides alike.
 *
 * @param firsts The seconds of each model's first run.
 * @param turns The seconds of each model, for each turn.
 */
export function latenciesOf(
  firsts: readonly number[],
  turns: readonly (readonly number[])[],
  isSettled: boolean,
): Latency[] {
  const rounds = Math.min(10, turns.length);
  const starts = Array.from({ length: rounds + 1 }, (_, round) =>
    Math.floor((round * turns.length) / rounds),
  );
  const mediansOf = (times: readonly number[]) =>
    starts.slice(1).map((end, round) => median(times.slice(starts[round], end)));
  const timesOf = (index: number) => turns.map((turn) => turn[index]!);
  const beside = mediansOf(timesOf(0));
  return firsts.map((first, index) => {
    const times = timesOf(index);
    const ratios = mediansOf(times)
      .map((time, round) => time / beside[round]!)
      .sort((a, b) => a - b);
    const outer = rounds >= 10 ? 1 : 0;
    return {
      first,
      median: median(times),
      low: quantile(times, 0.25),
      high: quantile(times, 0.75),
      count: times.length,
      ratio: {
        median: median(ratios),
        low: ratios[outer]!,
        high: ratios.at(-1 - outer)!,
      },
      isSettled,
    };
  });
}

async function secondsOf(run: () => readonly Tensor[]): Promise<number> {
  const start = performance.now();
  const outputs = run();
  // On a GPU, the computation has finished only when the numbers are downloaded.
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
    // Random numbers are used since zeros may be faster to compute with. Integers are zeros since they may be
    // indices into a table.
    return dtype === 'float32' ? tf.randomUniform(size, 0, 1, 'float32', 1) : tf.zeros(size, dtype);
  });
}
