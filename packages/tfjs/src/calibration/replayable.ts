import { type CalibrationBatch, isTensor, type ShapedArray } from './calibration-data.js';

/** An iterable that can be passed over any number of times. */
export interface Replayable {
  readonly batches: AsyncIterable<CalibrationBatch>;
  /** Lets go of what wasn't read to its end. */
  close(): Promise<void>;
}

/**
 * The iterable itself if each iterator of it starts anew; else one that keeps the batches that were asked
 * for, and asks for no more than were.
 */
export function replayable(data: AsyncIterable<CalibrationBatch>): Replayable {
  const isOneShot = (data as { next?: unknown }).next !== undefined;
  if (!isOneShot) return { batches: data, close: async () => {} };
  const iterator = data[Symbol.asyncIterator]();
  const kept: CalibrationBatch[] = [];
  return {
    batches: {
      async *[Symbol.asyncIterator]() {
        for (let index = 0; ; index++) {
          if (index === kept.length) {
            const { value, done } = await iterator.next();
            if (done) return;
            kept.push(await onHost(value));
          }
          yield kept[index]!;
        }
      },
    },
    async close() {
      await iterator.return?.();
    },
  };
}

/** A copy that outlives tensors of the caller's. */
async function onHost(batch: CalibrationBatch): Promise<CalibrationBatch> {
  const entries = Array.isArray(batch) ? batch : [batch];
  const copied = entries.map(async (entry) =>
    isTensor(entry) && !entry.isDisposed ? { data: await entry.data(), shape: entry.shape } : entry,
  );
  return (await Promise.all(copied)) as ShapedArray[];
}
