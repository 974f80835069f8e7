import { expect, test } from 'vitest';
import { patchGeometry } from '../geometry/patch-geometry.js';
import { codeOf } from '../testing-support/code-of.test-support.js';
import { patchLayout } from './patch-layout.js';

const geometry = patchGeometry({ inputSize: [7, 6], kernelSize: [3, 2], strides: [2, 1] });

test('a geometry gives a row per sample and position', () => {
  expect(patchLayout([5, 7, 6, 4], [5, 3, 5, 2], geometry)).toEqual({
    batch: 5,
    channels: 4,
    patchSize: 24,
    outFeatures: 2,
    rows: 75,
  });
});

test('without one a sample of any rank is a row', () => {
  const expected = { batch: 5, channels: 42, patchSize: 42, outFeatures: 2, rows: 5 };
  expect(patchLayout([5, 7, 6], [5, 2], null)).toEqual(expected);
  expect(patchLayout([5, 42], [5, 2], null)).toEqual(expected);
});

test.each([
  ['an input of other spatial sizes', [5, 6, 6, 4], [5, 3, 5, 2]],
  ['a target of other positions', [5, 7, 6, 4], [5, 3, 4, 2]],
  ['a target of another batch', [5, 7, 6, 4], [4, 3, 5, 2]],
  ['an input of too low a rank', [5, 7, 6], [5, 3, 5, 2]],
])('%s is refused', (_title, input, target) => {
  expect(codeOf(() => patchLayout(input, target, geometry))).toBe('SHAPE_MISMATCH');
});

test('without a geometry too', () => {
  expect(codeOf(() => patchLayout([5, 7], [5, 1, 2], null))).toBe('SHAPE_MISMATCH');
  expect(codeOf(() => patchLayout([5, 7], [4, 2], null))).toBe('SHAPE_MISMATCH');
  expect(codeOf(() => patchLayout([5], [5, 2], null))).toBe('SHAPE_MISMATCH');
});
