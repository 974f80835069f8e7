import type { BackendAdapter } from '@fuseinit/core';
import type { CalibrationSource } from '../calibration/calibration-source.js';
import type { TappedBatch } from '../fuse/tap-batches.js';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import type { InputRecord, InputValues } from './statistics.js';

type Read = BackendAdapter<Tensor>['read'];

/** Records statistics of the values of a model's inputs, batch by batch. */
export interface InputRecorder {
  /** Passes the batches on. Each is recorded once, however often the data are read. */
  recorded(batches: AsyncIterable<TappedBatch>): AsyncGenerator<TappedBatch>;
  record(): InputRecord;
}

/**
 * Creates a recorder of input values.
 *
 * @param before A record of earlier batches, which are read again before new ones.
 */
export function createInputRecorder(
  tf: TensorFlow,
  read: Read,
  before: InputRecord = { batches: 0, values: [] },
): InputRecorder {
  let { batches: recorded, values } = before;
  return {
    record: () => ({ batches: recorded, values }),
    async *recorded(batches) {
      let seen = 0;
      for await (const batch of batches) {
        if (batch.counts !== false) {
          if (seen === recorded) {
            const own = await inputValues(tf, read, batch.inputs);
            values = mergeInputValues(values, own);
            recorded++;
          }
          seen++;
        }
        yield batch;
      }
    },
  };
}

/** Merges two records. */
export function mergeInputRecords(first: InputRecord, second: InputRecord): InputRecord {
  return {
    batches: first.batches + second.batches,
    values: mergeInputValues(first.values, second.values),
  };
}

/** Statistics of the values of each input over all samples of calibration data. */
export async function sourceValues(
  tf: TensorFlow,
  read: Read,
  source: CalibrationSource,
): Promise<readonly InputValues[]> {
  let values: readonly InputValues[] = [];
  for await (const { inputs } of source.batches()) {
    try {
      values = mergeInputValues(values, await inputValues(tf, read, inputs));
    } finally {
      tf.dispose([...inputs]);
    }
  }
  return values;
}

/** Statistics of the values of each input in one batch. */
export async function inputValues(
  tf: TensorFlow,
  read: Read,
  inputs: readonly Tensor[],
): Promise<InputValues[]> {
  const told = tf.tidy(() =>
    inputs.map((input) => {
      const values = input.cast('float32');
      const mean = values.mean();
      return tf.stack([mean, values.sub(mean).square().mean(), values.min(), values.max()]);
    }),
  );
  try {
    return await Promise.all(
      told.map(async (tensor, index) => {
        const [mean, variance, min, max] = Array.from(await read(tensor)) as [number, number, number, number];
        return { count: inputs[index]!.size, mean, variance, min, max };
      }),
    );
  } finally {
    tf.dispose(told);
  }
}

/** Merges the statistics input by input. If one of the lists is empty, the other is returned. */
export function mergeInputValues(
  first: readonly InputValues[],
  second: readonly InputValues[],
): readonly InputValues[] {
  if (first.length === 0 || second.length === 0) return first.length === 0 ? second : first;
  return first.map((one, index) => {
    const other = second[index]!;
    const count = one.count + other.count;
    const distance = other.mean - one.mean;
    const share = other.count / count;
    return {
      count,
      mean: one.mean + distance * share,
      variance: one.variance * (1 - share) + other.variance * share + distance ** 2 * share * (1 - share),
      min: Math.min(one.min, other.min),
      max: Math.max(one.max, other.max),
    };
  });
}

/** The number of samples to compare. Their mean is known to a fraction of their standard deviation. */
export const samplesCompared = 64;

/**
 * Returns a warning for each input whose values in some samples differ from those that the statistics were
 * collected from: in mean, spread or range, by more than samples of the same data do.
 */
export function inputWarnings(collected: readonly InputValues[], given: readonly InputValues[]): string[] {
  return collected.flatMap((values, index) => {
    const now = given[index];
    if (!now || areAlike(values, now)) return [];
    const which = collected.length > 1 ? ` for input ${index}` : '';
    return [
      `The calibration data${which} are ${valuesInWords(now)}, and what the statistics were collected from was ${valuesInWords(values)}. Were they scaled otherwise? Then what was solved doesn't fit them, and errors measured on them aren't the student's.`,
    ];
  });
}

/** Whether two sets of values differ by no more than samples of the same data do. */
export function areAlike(collected: InputValues, given: InputValues): boolean {
  const [before, now] = [Math.sqrt(collected.variance), Math.sqrt(given.variance)];
  const spread = Math.max(before, now);
  const range = collected.max - collected.min;
  return (
    spread <= 3 * Math.min(before, now) &&
    Math.abs(collected.mean - given.mean) <= 0.75 * spread &&
    given.min >= collected.min - range / 2 &&
    given.max <= collected.max + range / 2
  );
}

export function valuesInWords({ mean, variance, min, max }: InputValues): string {
  const figures = [min, max, mean, Math.sqrt(variance)].map((value) => Number(value.toPrecision(3)));
  return `${figures[0]} to ${figures[1]} (mean ${figures[2]}, deviation ${figures[3]})`;
}
