import { type CalibrationBatch, isTensor, type ShapedArray } from './calibration-data.js';

/** An iterable that can be iterated any number of times. */
export interface Replayable {
  readonly batches: AsyncIterable<CalibrationBatch>;
  /** Releases an iterator that wasn't read to its end. */
  close(): Promise<void>;
}

/**
 * Returns the iterable itself if each of its iterators starts from the beginning. Otherwise returns one that
 * keeps the batches read so far and reads no more of them than are requested.
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

/** A copy on the host, which remains after the caller disposes of the tensors. */
async function onHost(batch: CalibrationBatch): Promise<CalibrationBatch> {
  const entries = Array.isArray(batch) ? batch : [batch];
  const copied = entries.map(async (entry) =>
    isTensor(entry) && !entry.isDisposed ? { data: await entry.data(), shape: entry.shape } : entry,
  );
  return (await Promise.all(copied)) as ShapedArray[];
}
