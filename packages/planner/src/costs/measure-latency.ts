import { FuseInitError, requireNotAborted } from '@fuseinit/core';
import type { LayersModel, Tensor, TensorFlow } from '@fuseinit/tfjs';
import { type ModelFormat, type RunnableModel, runnableAs } from '@fuseinit/tfjs/internal';
import { quantileSorted } from 'simple-statistics';

/** How long one batch takes; seconds. */
export interface Latency {
  /** Of the model's first run in this program: with what its backend compiles and allocates. */
  readonly first: number;
  /** Of the runs after it, once they no longer become faster. */
  readonly median: number;
  /** The quartiles. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** The median over that of the first model in the same turns: 1 for that one. */
  readonly ratio: Ratio;
  /** False where runs were still becoming faster when the time was up. */
  readonly isSettled: boolean;
}

/**
 * A ratio of two medians. From `low` to `high` it lies with 98 % where there were ten rounds or more: they
 * are the second least and the second greatest of ten rounds' ratios.
 */
export interface Ratio {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Options of {@link compareLatency}. */
export interface LatencyOptions {
  /** Default 1; a model of a fixed batch is timed on that. */
  readonly batchSize?: number;
  /**
   * What a LayersModel is timed as: itself, or the GraphModel that `simplify` makes of it. Default
   * `'layers'`.
   */
  readonly format?: ModelFormat;
  /** Warm runs of each model at most. Default as many as `seconds` allow. */
  readonly repeats?: number;
  /**
   * Time for the warm runs of one model, of which at least three are made. Up to three times as much goes by
   * before that where runs are still becoming faster. Default 1.
   */
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
      // Some backends download in microtasks alone, in which no signal of the program arrives.
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

/** Milliseconds; a signal is answered within 0.2 s. */
const longestWithoutYield = 50;
/** The last one counts, the others warm up. */
const mostAttempts = 4;

/**
 * Whether runs no longer become faster: no model was faster by 5 % in the second half of its turns than in
 * the first. Engines go on optimising what they run for hundreds of runs.
 *
 * @param turns Seconds of each model, turn by turn.
 */
export function hasSettled(turns: readonly (readonly number[])[]): boolean {
  // With fewer turns, halves differ by more than that by chance.
  if (turns.length < 8) return true;
  const half = Math.floor(turns.length / 2);
  return turns[0]!.every((_, index) => {
    const times = turns.map((turn) => turn[index]!);
    return medianOf(times.slice(half)) > 0.95 * medianOf(times.slice(0, half));
  });
}

/**
 * What runs in turns say of each model. Ratios are taken round by round, of ten in which turns are divided,
 * so that a machine whose speed changes meanwhile changes both sides alike.
 *
 * @param firsts Seconds of each model's first run.
 * @param turns Seconds of each model, turn by turn.
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
    starts.slice(1).map((end, round) => medianOf(times.slice(starts[round], end)));
  const timesOf = (index: number) => turns.map((turn) => turn[index]!);
  const beside = mediansOf(timesOf(0));
  return firsts.map((first, index) => {
    const times = timesOf(index);
    const sorted = [...times].sort((a, b) => a - b);
    const ratios = mediansOf(times)
      .map((median, round) => median / beside[round]!)
      .sort((a, b) => a - b);
    const outer = rounds >= 10 ? 1 : 0;
    return {
      first,
      median: quantileSorted(sorted, 0.5),
      low: quantileSorted(sorted, 0.25),
      high: quantileSorted(sorted, 0.75),
      count: times.length,
      ratio: {
        median: quantileSorted(ratios, 0.5),
        low: ratios[outer]!,
        high: ratios.at(-1 - outer)!,
      },
      isSettled,
    };
  });
}

function medianOf(values: readonly number[]): number {
  return quantileSorted(
    [...values].sort((a, b) => a - b),
    0.5,
  );
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
