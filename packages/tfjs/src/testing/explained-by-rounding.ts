import type { NdArray } from '@fuseinit/core';

/** The distance of two neighbouring floats of a device just above 1. */
export const unitOf = { 16: 2 ** -10, 32: 2 ** -23 } as const;

/** Moves each number by a unit in the last place of the device's floats, up and down in turns. */
export function movedBy(precision: 16 | 32, { shape, data }: NdArray): NdArray {
  const unit = unitOf[precision];
  return { shape, data: data.map((value, index) => value * (1 + (index % 2 === 0 ? unit : -unit))) };
}

const largestFloat = { 16: 65504, 32: 3.4e38 } as const;

/**
 * Compares an output with what was expected. Rounding explains a difference of about a unit in the last place
 * of the largest output for each of some dozen operations, and some times what comes of inputs and weights
 * that differ by one.
 */
export function differenceOf({
  ours,
  theirs,
  moved,
  scale,
  precision,
}: {
  readonly ours: NdArray;
  readonly theirs: NdArray;
  /** As `ours`, of inputs and weights that differ by a unit in the last place. */
  readonly moved: NdArray;
  readonly scale: number;
  readonly precision: 16 | 32;
}): { readonly isRounding: boolean; readonly relative: number } {
  if (ours.shape.join() !== theirs.shape.join())
    return { isRounding: false, relative: Number.POSITIVE_INFINITY };
  const limit = largestFloat[precision];
  const rounded = (value: number) => (Math.abs(value) > limit ? Math.sign(value) * Infinity : value);
  let largest = 0;
  let distance = 0;
  let explained = 0;
  for (const [index, exact] of ours.data.entries()) {
    const [expected, actual] = [rounded(exact), theirs.data[index]!];
    if (Object.is(expected, actual)) continue;
    // A layer may overflow on the way to a finite result where float64 doesn't.
    if (scale > 1 && !Number.isFinite(actual)) continue;
    const apart = Math.abs(expected - actual);
    distance = Math.max(distance, Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart);
    const change = Math.abs(moved.data[index]! - exact);
    if (Number.isFinite(change)) explained = Math.max(explained, change);
  }
  for (const value of ours.data) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  const unit = unitOf[precision];
  return {
    isRounding: distance <= 100 * unit * largest + 8 * explained,
    relative: largest > 0 ? distance / largest : distance,
  };
}
