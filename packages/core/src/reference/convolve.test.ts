import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ndArray } from '../array/nd-array.js';
import { patchGeometry } from '../geometry/patch-geometry.js';
import { relativeDistance } from '../testing/check-failed.js';
import { randomArray } from '../testing/random-array.js';
import { codeOf } from '../testing-support/code-of.test-support.js';
import { geometries } from '../testing-support/draw-geometry.test-support.js';
import { holds, seeds } from '../testing-support/holds.test-support.js';
import { eachWindow, naiveConvolve, taps } from '../testing-support/naive-window.test-support.js';
import { convolve, depthwiseConvolve } from './convolve.js';

const few = fc.integer({ min: 1, max: 3 });

test('a convolution is the sum over taps and channels', () => {
  holds(
    fc.property(geometries, seeds, few, few, (geometry, seed, channels, filters) => {
      const input = randomArray(seed, [2, ...geometry.inputSize, channels]);
      const kernel = randomArray(seed + 1, [...geometry.kernelSize, channels, filters]);
      const bias = randomArray(seed + 2, [filters]);
      // The same 48 products at most, in the same order but for the bias.
      const expected = naiveConvolve(input, kernel, bias, geometry);
      expect(relativeDistance(convolve(input, kernel, bias, geometry), expected)).toBeLessThan(1e-13);
    }),
    100,
  );
});

test('a depthwise convolution keeps channels apart, the multiplier running fastest', () => {
  holds(
    fc.property(geometries, seeds, few, few, (geometry, seed, channels, multiplier) => {
      const input = randomArray(seed, [2, ...geometry.inputSize, channels]);
      const kernel = randomArray(seed + 1, [...geometry.kernelSize, channels, multiplier]);
      const bias = randomArray(seed + 2, [channels * multiplier]);
      const expected: number[] = [];
      eachWindow(input, geometry, (read) => {
        for (let channel = 0; channel < channels; channel++) {
          for (let m = 0; m < multiplier; m++) {
            let sum = bias.data[channel * multiplier + m]!;
            taps(geometry).forEach(([row, column], tap) => {
              const weight = kernel.data[(tap * channels + channel) * multiplier + m]!;
              sum += (read(row, column, channel) ?? 0) * weight;
            });
            expected.push(sum);
          }
        }
      });
      const shape = [2, ...geometry.outputSize, channels * multiplier];
      const output = depthwiseConvolve(input, kernel, bias, geometry);
      expect(relativeDistance(output, ndArray(shape, expected))).toBeLessThan(1e-13);
    }),
    100,
  );
});

test('the kernel is not flipped', () => {
  const input = ndArray([1, 4, 1], [1, 0, 0, 2]);
  const geometry = patchGeometry({ inputSize: [4], kernelSize: [2] });
  const output = convolve(input, ndArray([2, 1, 1], [10, 1]), undefined, geometry);
  expect(output).toEqual(ndArray([1, 3, 1], [10, 0, 2]));
});

test('a kernel that fits neither the geometry nor the channels is refused', () => {
  const geometry = patchGeometry({ inputSize: [5], kernelSize: [3] });
  const input = randomArray(1, [1, 5, 2]);
  for (const shape of [
    [2, 2, 4],
    [3, 1, 4],
    [3, 3, 2, 4],
  ]) {
    expect(codeOf(() => convolve(input, randomArray(2, shape), undefined, geometry))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => depthwiseConvolve(input, randomArray(2, shape), undefined, geometry))).toBe(
      'SHAPE_MISMATCH',
    );
  }
  const kernel = randomArray(2, [3, 2, 4]);
  expect(codeOf(() => convolve(input, kernel, randomArray(3, [3]), geometry))).toBe('SHAPE_MISMATCH');
  expect(codeOf(() => convolve(randomArray(1, [1, 6, 2]), kernel, undefined, geometry))).toBe(
    'SHAPE_MISMATCH',
  );
});
