import { describe, expect, test } from 'vitest';
import { type Computation, compute } from '../linear-algebra/computation.js';
import { chooseRidge, ridgeToStartFrom } from './choose-ridge.js';
import type { RidgeCandidate } from './solve-diagnostics.js';

const chosen = (start: number, errorAt: (ridge: number) => number) =>
  compute(
    chooseRidge(start, function* (ridge): Computation<RidgeCandidate> {
      return { ridge, heldOutRelativeMse: (yield () => errorAt(ridge)) as number };
    }),
  );

/** Held-out error with one valley, in decades from its bottom. */
const valleyAt = (bottom: number) => (ridge: number) => Math.abs(Math.log10(ridge) - Math.log10(bottom));
const starts = [1e-8, 1e-4, 0.1, 1e3];

describe.each(starts)('from %d', (start) => {
  test.each([1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1e3])(
    'finds the bottom of a valley at %d, and tries no ridge twice',
    (bottom) => {
      const { best, candidates } = chosen(start, valleyAt(bottom));
      expect(best.ridge).toBe(bottom);
      const ridges = candidates.map(({ ridge }) => ridge);
      expect(ridges[0]).toBe(start);
      expect(new Set(ridges).size).toBe(ridges.length);
    },
  );

  test('stays between 1e-8 and 1000 where the error falls on and on', () => {
    expect(chosen(start, (ridge) => ridge).best.ridge).toBe(1e-8);
    expect(chosen(start, (ridge) => 1 / ridge).best.ridge).toBe(1e3);
  });

  test('a level floor keeps the first', () => {
    expect(chosen(start, () => 0.5).best.ridge).toBe(start);
  });
});

test('a gain of less than a thousandth is not worth a smaller ridge', () => {
  const errorAt = (gain: number) => (ridge: number) => (ridge < 1e-4 ? 1 - gain : 1);
  expect(chosen(1e-4, errorAt(0.0005)).best.ridge).toBe(1e-4);
  expect(chosen(1e-4, errorAt(0.002)).best.ridge).toBe(1e-5);
});

test('begins at a tenth of inputs over rows, as a power of ten in range', () => {
  expect(ridgeToStartFrom(100, 100)).toBe(0.1);
  expect(ridgeToStartFrom(100, 100_000)).toBe(1e-4);
  expect(ridgeToStartFrom(1, 1e12)).toBe(1e-8);
  expect(ridgeToStartFrom(1e6, 1)).toBe(1e3);
  expect(ridgeToStartFrom(0, 10)).toBe(1e-4);
});
