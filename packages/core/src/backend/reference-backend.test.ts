import { expect, test } from 'vitest';
import { extractPatches } from '../geometry/extract-patches.js';
import { patchGeometry } from '../geometry/patch-geometry.js';
import { momentsOfRows } from '../moments/moments-of-rows.js';
import { randomArray } from '../testing/random-array.js';
import { codeOf } from '../testing-support/code-of.test-support.js';
import { referenceBackend } from './reference-backend.js';

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
