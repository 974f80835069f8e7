import { expect, test } from 'vitest';
import { extractPatches } from '../geometry/extract-patches.js';
import { patchGeometry } from '../geometry/patch-geometry.js';
import { momentsOfRows } from '../moments/moments.js';
import { randomArray } from '../testing/check.js';
import { codeOf } from '../testing-support/properties.test-support.js';
import { patchLayout, referenceBackend } from './backend-adapter.js';

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

test('with a geometry, rows are patches', () => {
  const geometry = patchGeometry({ inputSize: [7], kernelSize: [3], strides: [2], padding: 'same' });
  const [input, target] = [randomArray(1, [5, 7, 2]), randomArray(2, [5, 4, 3])];
  const moments = referenceBackend.patchMoments(input, target, geometry);
  expect(moments).toEqual(momentsOfRows(extractPatches(input, geometry), target));
  expect(moments).toMatchObject({ count: 20, inputMean: { shape: [6] }, targetMean: { shape: [3] } });
});

test('without one, each sample is a row', () => {
  const [input, target] = [randomArray(1, [5, 2, 3]), randomArray(2, [5, 4])];
  const moments = referenceBackend.patchMoments(input, target, null);
  expect(moments).toEqual(momentsOfRows({ ...input, shape: [5, 6] }, target));
});

test('a target of another number of positions is refused', () => {
  const geometry = patchGeometry({ inputSize: [7], kernelSize: [3] });
  const [input, target] = [randomArray(1, [5, 7, 2]), randomArray(2, [5, 4, 3])];
  expect(codeOf(() => referenceBackend.patchMoments(input, target, geometry))).toBe('SHAPE_MISMATCH');
});
