import { FuseInitError } from '@fuseinit/core';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import type { InputBatch } from './calibration-source.js';

/** Part of a batch: samples to solve on, or samples held out. */
export interface SplitBatch extends InputBatch {
  /** The batch of the calibration data that this is part of. */
  readonly batch: number;
  readonly heldOut: boolean;
  /** Whether no more parts of the batch follow. */
  readonly endsBatch: boolean;
}

/**
 * Splits batches by sample: every `1 / fraction`-th sample is held out, counted over the whole data, so that data
 * sorted by class are split alike. Positions of one sample stay together: they are too similar to test each other.
 *
 * The parts are the receiver's to dispose; the batches that came are disposed here.
 */
export async function* splitHeldOut(
  tf: TensorFlow,
  batches: AsyncIterable<InputBatch>,
  fraction: number,
): AsyncGenerator<SplitBatch> {
  const isHeldOut = holdsOut(fraction);
  let index = 0;
  let batch = 0;
  for await (const { inputs, samples } of batches) {
    try {
      const rows = Array.from({ length: samples }, (_, row) => row);
      const parts = [false, true]
        .map((heldOut) => ({ heldOut, chosen: rows.filter((row) => isHeldOut(index + row) === heldOut) }))
        .filter(({ chosen }) => chosen.length > 0);
      for (const { heldOut, chosen } of parts) {
        const endsBatch = heldOut === parts.at(-1)!.heldOut;
        const picked = inputs.map((input) => pickRows(tf, input, chosen));
        yield { inputs: picked, samples: chosen.length, heldOut, batch, endsBatch };
      }
      index += samples;
      batch++;
    } finally {
      for (const input of inputs) input.dispose();
    }
  }
}

/** Tells of the place of a sample in the data whether it is held out. */
export function holdsOut(fraction: number): (index: number) => boolean {
  const period = fraction > 0 ? Math.round(1 / fraction) : Number.POSITIVE_INFINITY;
  return (index) => index % period === period - 1;
}

/**
 * The share of samples to hold out, checked.
 *
 * @throws ARGUMENT_INVALID unless it is from 0 to 0.5.
 */
export function requireFraction(fraction: number): number {
  if (!(fraction >= 0 && fraction <= 0.5)) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `heldOut is ${fraction}: a share of samples from 0 to 0.5 was expected.`,
    );
  }
  return fraction;
}

function pickRows(tf: TensorFlow, input: Tensor, rows: readonly number[]): Tensor {
  return tf.tidy(() => input.gather(tf.tensor1d([...rows], 'int32')));
}
