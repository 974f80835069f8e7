import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ndArray } from '../array/nd-array.js';
import { patchGeometry } from '../geometry/patch-geometry.js';
import { randomArray, relativeDistance } from '../testing/check.js';
import { axes, geometries } from '../testing-support/draw-geometry.test-support.js';
import { eachWindow, naiveConvolve, taps } from '../testing-support/naive-window.test-support.js';
import { codeOf, holds, seeds } from '../testing-support/properties.test-support.js';
import { convolve, depthwiseConvolve, pool } from './sliding-layers.js';

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

/** Poolings as tfjs-layers has them: no dilation, no explicit padding. */
const poolings = fc
  .tuple(fc.array(axes, { minLength: 1, maxLength: 2 }), fc.constantFrom('same' as const, 'valid' as const))
  .map(([drawn, padding]) =>
    patchGeometry({
      inputSize: drawn.map(({ length }) => length),
      kernelSize: drawn.map(({ kernel }) => kernel),
      strides: drawn.map(({ stride }) => stride),
      padding,
    }),
  );

test.each(['max', 'average'] as const)('%s pooling counts what lies inside alone', (kind) => {
  holds(
    fc.property(poolings, seeds, fc.integer({ min: 1, max: 3 }), (geometry, seed, channels) => {
      const input = randomArray(seed, [2, ...geometry.inputSize, channels]);
      const expected: number[] = [];
      eachWindow(input, geometry, (read) => {
        for (let channel = 0; channel < channels; channel++) {
          const inside = taps(geometry)
            .map(([row, column]) => read(row, column, channel))
            .filter((value) => value !== undefined);
          const sum = inside.reduce((total, value) => total + value, 0);
          expected.push(kind === 'max' ? Math.max(...inside) : sum / inside.length);
        }
      });
      const shape = [2, ...geometry.outputSize, channels];
      expect(relativeDistance(pool(input, geometry, kind), ndArray(shape, expected))).toBeLessThan(1e-14);
    }),
    100,
  );
});

test('negative numbers at a padded edge', () => {
  const input = ndArray([1, 3, 1], [-4, -2, -6]);
  const geometry = patchGeometry({ inputSize: [3], kernelSize: [2], strides: [2], padding: 'same' });
  expect([...pool(input, geometry, 'max').data]).toEqual([-2, -6]);
  expect([...pool(input, geometry, 'average').data]).toEqual([-3, -6]);
});

test('an input of another size is refused', () => {
  const geometry = patchGeometry({ inputSize: [4], kernelSize: [2] });
  expect(codeOf(() => pool(randomArray(1, [1, 5, 1]), geometry, 'max'))).toBe('SHAPE_MISMATCH');
});
