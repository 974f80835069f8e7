import { FuseInitError, sizeOf } from '@fuseinit/core';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import type { InputBatch } from './calibration-source.js';

/** The rule that decides which samples are held out, that is, not solved on. */
export interface HeldOutRule {
  /** The share of the samples to hold out, from 0 to 0.5. */
  readonly share: number;
  /** An unsigned 32-bit integer that decides which samples are drawn. Defaults to 0. */
  readonly seed?: number;
}

/** The caller's options for held-out samples. */
export interface HeldOutOptions {
  readonly heldOut?: number | undefined;
  readonly seed?: number | undefined;
}

/**
 * The number of held-out samples that determines the error of most networks to about a tenth. The standard
 * error falls with the square root of the number of samples.
 */
const wantedHeldOut = 500;
/**
 * The largest default share. With a larger one, the loss of samples to solve on would outweigh the better
 * estimate of the error.
 */
const mostByDefault = 1 / 3;
const leastByDefault = 0.1;

/**
 * The rule for held-out samples that `fuse` uses. By default it holds out 500 samples, but at least a tenth
 * and at most a third of all, and none of fewer than three.
 *
 * @param samples The number of samples in all parts of the data, including held-out ones. Undefined for a
 *   stream of unknown length, of which a tenth is held out by default.
 * @throws ARGUMENT_INVALID for a share outside 0 to 0.5, or a seed that is not an unsigned 32-bit integer.
 */
export function heldOutRule(
  { heldOut, seed }: HeldOutOptions,
  samples: number | undefined,
): Required<HeldOutRule> {
  return { share: requireFraction(heldOut ?? defaultShare(samples)), seed: requireSeed(seed ?? 0) };
}

function defaultShare(samples: number | undefined): number {
  if (samples === undefined) return leastByDefault;
  // A single row has no variance to explain, so that both of two samples are needed to solve on.
  if (samples < 3) return 0;
  return Math.min(mostByDefault, Math.max(leastByDefault, wantedHeldOut / samples));
}

/** A part of a batch: samples to solve on, or held-out samples. */
export interface SplitBatch extends InputBatch {
  /** The index of the batch in the calibration data that this is a part of. */
  readonly batch: number;
  readonly heldOut: boolean;
  /** Whether this is the last part of its batch. */
  readonly endsBatch: boolean;
}

/**
 * Splits batches by sample. The positions of one sample stay together, since they are too similar to test one
 * another.
 *
 * The receiver disposes of the parts; the batches read are disposed here.
 */
export async function* splitHeldOut(
  tf: TensorFlow,
  batches: AsyncIterable<InputBatch>,
  rule: HeldOutRule,
): AsyncGenerator<SplitBatch> {
  const isHeldOut = holdsOut(rule);
  let batch = 0;
  for await (const { inputs, indices } of batches) {
    try {
      const rows = Array.from(indices, (_, row) => row);
      const parts = [false, true]
        .map((heldOut) => ({ heldOut, chosen: rows.filter((row) => isHeldOut(indices[row]!) === heldOut) }))
        .filter(({ chosen }) => chosen.length > 0);
      for (const { heldOut, chosen } of parts) {
        const endsBatch = heldOut === parts.at(-1)!.heldOut;
        const picked = inputs.map((input) => pickRows(tf, input, chosen));
        const places = Uint32Array.from(chosen, (row) => indices[row]!);
        yield { inputs: picked, indices: places, samples: chosen.length, heldOut, batch, endsBatch };
      }
      batch++;
    } finally {
      for (const input of inputs) input.dispose();
    }
  }
}

/**
 * Decides from a sample's index in the whole data whether it is held out. The decision depends neither on the
 * batch size, nor on how many samples are used, nor on which part of the data is collected.
 *
 * The data are divided into stretches of `1 / share` samples, and a hash of the stretch and the seed draws
 * one sample from each. Data in any order, sorted or periodic, are thus held out evenly, and the share is met
 * to within one sample. The first sample is never held out, so that at least one is left to solve on.
 *
 * Source: docs/math.md, section 8.
 *
 * @throws ARGUMENT_INVALID for a share outside 0 to 0.5, or a seed that is not an unsigned 32-bit integer.
 */
export function holdsOut({ share, seed = 0 }: HeldOutRule): (index: number) => boolean {
  requireFraction(share);
  requireSeed(seed);
  if (share === 0) return () => false;
  const drawn = (stretch: number) => Math.floor((stretch + hashed(stretch, seed) / 2 ** 32) / share);
  const heldOutOf = (stretch: number) => {
    const place = drawn(stretch);
    if (stretch === 0) return Math.max(1, place);
    // Two stretches may draw the same sample where it lies across their boundary.
    return place === drawn(stretch - 1) ? place + 1 : place;
  };
  return (index) => {
    const stretch = Math.floor(index * share);
    // Rounding, or a sample across a boundary, may place it in the stretch before or after.
    return [stretch - 1, stretch, stretch + 1].some((at) => at >= 0 && heldOutOf(at) === index);
  };
}

/**
 * Returns the share of samples to hold out after checking it.
 *
 * @throws ARGUMENT_INVALID if it isn't a number from 0 to 0.5.
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

/**
 * Returns a seed after checking it.
 *
 * @throws ARGUMENT_INVALID if it isn't an integer from 0 to 2^32 - 1.
 */
export function requireSeed(seed: number): number {
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `seed is ${seed}: an integer from 0 to ${2 ** 32 - 1} was expected.`,
    );
  }
  return seed;
}

/** A 32-bit hash that depends on every bit of both numbers. */
function hashed(index: number, seed: number): number {
  return mixed(mixed(index + 0x9e3779b9) ^ seed);
}

/** The finaliser of MurmurHash3 (A. Appleby): a bijection of 32-bit integers. */
function mixed(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** The size from which rows are copied whole, and the largest number of rows that are. */
const [largeRow, fewRows] = [2 ** 15, 16];

/**
 * Picks rows of a batch. A few large rows, such as photos, are copied whole: in WebAssembly, TensorFlow.js
 * gathers number by number, which is slower. Joining many rows is slower than gathering them.
 */
function pickRows(tf: TensorFlow, input: Tensor, rows: readonly number[]): Tensor {
  const [total, ...shape] = input.shape;
  if (rows.length === total) return input.clone();
  return tf.tidy(() => {
    if (sizeOf(shape) < largeRow || rows.length > fewRows)
      return input.gather(tf.tensor1d([...rows], 'int32'));
    return tf.concat(rows.map((row) => input.slice([row, ...shape.map(() => 0)], [1, ...shape])));
  });
}
