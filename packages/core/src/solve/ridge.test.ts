import { describe, expect, test } from 'vitest';
import { type Computation, compute } from '../linear-algebra/computation.js';
import { chooseRidge, floorOf, type RidgeAttempt } from './ridge.js';

const chosen = (floor: number, errorAt: (ridge: number) => number, holdsWithoutRidge = false) =>
  compute(
    chooseRidge(floor, function* (ridge): Computation<RidgeAttempt> {
      return { ridge, heldOutRelativeMse: (yield () => errorAt(ridge)) as number, holdsWithoutRidge };
    }),
  );

/** Held-out error with one valley, in decades from its bottom. */
const valleyAt = (bottom: number) => (ridge: number) => 1 + Math.abs(Math.log10(ridge) - Math.log10(bottom));

describe.each([-10, -6, -5])('from 10 ** %d', (floor) => {
  test('finds the bottom of a valley at any power, and tries no ridge twice', () => {
    for (let exponent = floor; exponent <= 3; exponent++) {
      const { best, candidates, edge } = chosen(floor, valleyAt(Number(`1e${exponent}`)));
      expect(best.ridge).toBe(Number(`1e${exponent}`));
      const ridges = candidates.map(({ ridge }) => ridge);
      expect(new Set(ridges).size).toBe(ridges.length);
      expect(ridges).toEqual(ridges.toSorted((one, other) => one - other));
      expect(edge).toBe(exponent === floor ? 'smallest' : exponent === 3 ? 'largest' : null);
    }
  });

  test('stays in its range where the error falls on and on', () => {
    expect(chosen(floor, (ridge) => ridge).best.ridge).toBe(Number(`1e${floor}`));
    expect(chosen(floor, (ridge) => 1 / ridge).best.ridge).toBe(1e3);
  });

  test('walks over a plateau of any width to what lies beyond', () => {
    // Level at 0.585 from 1e-3 up to 1, and a fall below: what stopped the walk of a search from above.
    const below = (ridge: number) => (ridge > 10 ? 0.9 : ridge > 1e-4 ? 0.585 : 0.113);
    expect(chosen(floor, below).best.heldOutRelativeMse).toBe(0.113);
    const above = (ridge: number) => (ridge < 10 ? 0.585 : ridge < 200 ? 0.113 : 0.9);
    expect(chosen(floor, above).best.heldOutRelativeMse).toBe(0.113);
  });
});

test('of what differs by less than a thousandth, the largest is taken', () => {
  const errorAt = (gain: number) => (ridge: number) => (ridge > 0.5 ? 2 : ridge < 1e-4 ? 1 - gain : 1);
  expect(chosen(-6, errorAt(0.0005)).best.ridge).toBe(0.1);
  expect(chosen(-6, errorAt(0.002)).best.ridge).toBe(1e-5);
});

test('a rise to more than twice the least ends the search', () => {
  const { candidates } = chosen(-10, (ridge) => 1 + 1e9 * ridge);
  expect(candidates.map(({ ridge }) => ridge)).toEqual([1e-10, 1e-9, 1e-8, 1e-6]);
});

test('0 is tried below the smallest where the matrix is sound without a ridge', () => {
  const falling = (ridge: number) => 1 + Math.sqrt(ridge);
  expect(chosen(-4, falling, true)).toMatchObject({ best: { ridge: 0 }, edge: null });
  expect(chosen(-4, falling)).toMatchObject({ best: { ridge: 1e-4 }, edge: 'smallest' });
  // Not where a larger one is better.
  expect(chosen(-4, valleyAt(1), true).candidates.map(({ ridge }) => ridge)).not.toContain(0);
});

test('the floor follows the rounding, as a power of ten in range', () => {
  expect(floorOf(1e-6)).toBe(-6);
  expect(floorOf(4.8e-6)).toBe(-5);
  expect(floorOf(1e-14)).toBe(-10);
  expect(floorOf(1e9)).toBe(3);
});
