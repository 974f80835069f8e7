import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ndArray } from '../array/nd-array.js';
import { randomArray } from '../testing/check.js';
import { geometries } from '../testing-support/draw-geometry.test-support.js';
import { eachWindow, taps } from '../testing-support/naive-window.test-support.js';
import { codeOf, holds, seeds } from '../testing-support/properties.test-support.js';
import { extractPatches } from './extract-patches.js';
import { patchGeometry, positionCount } from './patch-geometry.js';

test('a row holds what each tap reads of each channel, zero in the padding', () => {
  holds(
    fc.property(geometries, seeds, fc.integer({ min: 1, max: 3 }), (geometry, seed, channels) => {
      const input = randomArray(seed, [2, ...geometry.inputSize, channels]);
      const expected: number[] = [];
      eachWindow(input, geometry, (read) => {
        for (const [row, column] of taps(geometry)) {
          for (let channel = 0; channel < channels; channel++) expected.push(read(row, column, channel) ?? 0);
        }
      });
      const patches = extractPatches(input, geometry);
      expect(patches.shape).toEqual([2 * positionCount(geometry), taps(geometry).length * channels]);
      expect([...patches.data]).toEqual(expected);
    }),
    150,
  );
});

test('an example by hand', () => {
  const input = ndArray([1, 5, 1], [1, 2, 3, 4, 5]);
  const strided = patchGeometry({ inputSize: [5], kernelSize: [3], strides: [2], padding: 'same' });
  expect([...extractPatches(input, strided).data]).toEqual([0, 1, 2, 2, 3, 4, 4, 5, 0]);
  const dilated = patchGeometry({ inputSize: [5], kernelSize: [2], dilationRate: [3] });
  expect([...extractPatches(input, dilated).data]).toEqual([1, 4, 2, 5]);
});

test('no samples give no rows', () => {
  const geometry = patchGeometry({ inputSize: [5], kernelSize: [3] });
  expect(extractPatches(randomArray(1, [0, 5, 2]), geometry).shape).toEqual([0, 6]);
});

test('an input of another size or rank is refused', () => {
  const geometry = patchGeometry({ inputSize: [5], kernelSize: [3] });
  expect(codeOf(() => extractPatches(randomArray(1, [2, 6, 1]), geometry))).toBe('SHAPE_MISMATCH');
  expect(codeOf(() => extractPatches(randomArray(1, [2, 5, 5, 1]), geometry))).toBe('SHAPE_MISMATCH');
});
