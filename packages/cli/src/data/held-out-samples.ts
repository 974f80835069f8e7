import type { DataBatch } from '@fuseinit/data-files';
import { type HeldOutRule, holdsOut } from '@fuseinit/tfjs';
import type { Samples } from './open-samples.js';

/** Samples that `fuse` holds out, and where they stand in the file. */
export interface HeldOutSamples {
  readonly batches: AsyncIterable<DataBatch>;
  /** Places from 0. */
  readonly indices: readonly number[];
}

/** Those samples that `fuse` solves nothing on; all where none are held out. */
export function heldOutSamples(
  samples: Samples,
  rule: HeldOutRule,
  size: number,
  signal: AbortSignal,
): HeldOutSamples {
  const isHeldOut = rule.share > 0 ? holdsOut(rule) : () => true;
  const all = Array.from({ length: samples.count }, (_, index) => index);
  return {
    indices: all.filter(isHeldOut),
    batches: {
      async *[Symbol.asyncIterator]() {
        let first = 0;
        for await (const { data, shape } of samples.batches(size, signal)) {
          const [count = 0, ...sample] = shape;
          const rows = all.slice(first, first + count).filter(isHeldOut);
          const values = data.length / count;
          const chosen = new Float32Array(rows.length * values);
          for (const [to, row] of rows.entries()) {
            chosen.set(data.subarray((row - first) * values, (row - first + 1) * values), to * values);
          }
          if (rows.length > 0) yield { data: chosen, shape: [rows.length, ...sample] };
          first += count;
        }
      },
    },
  };
}
