import { expect, test } from 'vitest';
import { chooseRidge } from './choose-ridge.js';

/** Held-out error with one valley, in decades from its bottom. */
const valleyAt = (bottom: number) => (ridge: number) => ({
  ridge,
  heldOutRelativeMse: Math.abs(Math.log10(ridge) - Math.log10(bottom)),
});

test.each([1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1])(
  'finds the bottom of a valley at %d',
  (bottom) => {
    const { best, candidates } = chooseRidge(valleyAt(bottom));
    expect(best.ridge).toBe(bottom);
    expect(candidates.map(({ ridge }) => ridge)).toContain(bottom);
  },
);

test('stays in its range where the error falls on and on', () => {
  expect(chooseRidge((ridge) => ({ ridge, heldOutRelativeMse: ridge })).best.ridge).toBe(1e-8);
  const { candidates } = chooseRidge((ridge) => ({ ridge, heldOutRelativeMse: -ridge }));
  expect(candidates.length).toBeLessThan(12);
});

test('a level floor keeps the first', () => {
  expect(chooseRidge((ridge) => ({ ridge, heldOutRelativeMse: 0.5 })).best.ridge).toBe(1e-4);
});

test('tries no ridge twice', () => {
  for (const bottom of [1e-8, 1e-4, 1]) {
    const ridges = chooseRidge(valleyAt(bottom)).candidates.map(({ ridge }) => ridge);
    expect(new Set(ridges).size).toBe(ridges.length);
  }
});
