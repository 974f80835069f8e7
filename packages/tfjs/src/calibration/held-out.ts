import { FuseInitError } from '@fuseinit/core';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import type { InputBatch } from './calibration-source.js';

/** Which samples nothing is solved on. */
export interface HeldOutRule {
  /** Share of the samples, 0 to 0.5. */
  readonly share: number;
  /** A 32-bit integer: another one draws others. Default 0. */
  readonly seed?: number;
}

/** What callers say of the samples held out. */
export interface HeldOutOptions {
  readonly heldOut?: number | undefined;
  readonly seed?: number | undefined;
}

/**
 * Tell an error of most networks to about a tenth: the standard error falls with the root of their number.
 */
const wantedHeldOut = 500;
/** Of more, what is left to solve on would cost more than the error gains. */
const mostByDefault = 1 / 3;
const leastByDefault = 0.1;

/**
 * Which samples are held out, as `fuse` has it: by default 500 of them, but no less than a tenth and no more
 * than a third; none of two.
 *
 * @param samples How many there are, of all parts of the data and held-out ones included; undefined for a
 * stream of
 *   unknown length, of which a tenth is held out by default.
 * @throws ARGUMENT_INVALID for a share beyond 0 to 0.5, or a seed that is no 32-bit integer.
 */
export function heldOutRule(
  { heldOut, seed }: HeldOutOptions,
  samples: number | undefined,
): Required<HeldOutRule> {
  return { share: requireFraction(heldOut ?? defaultShare(samples)), seed: requireSeed(seed ?? 0) };
}

function defaultShare(samples: number | undefined): number {
  if (samples === undefined) return leastByDefault;
  // One row has no variance to explain, so that two samples are both needed.
  if (samples < 3) return 0;
  return Math.min(mostByDefault, Math.max(leastByDefault, wantedHeldOut / samples));
}

/** Part of a batch: samples to solve on, or samples held out. */
export interface SplitBatch extends InputBatch {
  /** The batch of the calibration data that this is part of. */
  readonly batch: number;
  readonly heldOut: boolean;
  /** Whether no more parts of the batch follow. */
  readonly endsBatch: boolean;
}

/**
 * Splits batches by sample. Positions of one sample stay together: they are too similar to test each other.
 *
 * The parts are the receiver's to dispose; the batches that came are disposed here.
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
 * Whether a sample is held out, by its index in the whole data: neither the size of batches nor how many
 * samples are taken, nor which part of the data is collected, changes it.
 *
 * The share cuts the data into stretches of `1 / share` samples, and one of each is drawn by a hash of the
 * stretch and the seed. Data in any order, sorted or periodic, are thus held out alike, and the share is kept
 * to within one sample. The first sample is never held out, so that one is left to solve on.
 *
 * Source: docs/math.md, section 8.
 *
 * @throws ARGUMENT_INVALID for a share beyond 0 to 0.5, or a seed that is no 32-bit integer.
 */
export function holdsOut({ share, seed = 0 }: HeldOutRule): (index: number) => boolean {
  requireFraction(share);
  requireSeed(seed);
  if (share === 0) return () => false;
  const drawn = (stretch: number) => Math.floor((stretch + hashed(stretch, seed) / 2 ** 32) / share);
  const heldOutOf = (stretch: number) => {
    const place = drawn(stretch);
    if (stretch === 0) return Math.max(1, place);
    // Where a sample lies across the end of a stretch, two stretches may draw it.
    return place === drawn(stretch - 1) ? place + 1 : place;
  };
  return (index) => {
    const stretch = Math.floor(index * share);
    // Rounding, and a sample across two stretches, may put it into the one before or after.
    return [stretch - 1, stretch, stretch + 1].some((at) => at >= 0 && heldOutOf(at) === index);
  };
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

/**
 * A seed, checked.
 *
 * @throws ARGUMENT_INVALID unless it is an integer from 0 to 2^32 - 1.
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

/** 32 bits that depend on every bit of both numbers. */
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

function pickRows(tf: TensorFlow, input: Tensor, rows: readonly number[]): Tensor {
  return tf.tidy(() => input.gather(tf.tensor1d([...rows], 'int32')));
}
