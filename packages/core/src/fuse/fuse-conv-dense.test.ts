import fc from 'fast-check';
import { expect, test } from 'vitest';
import { multiplyRows } from '../array/matrix.js';
import { type NdArray, reshape, sizeOf } from '../array/nd-array.js';
import { patchGeometry } from '../geometry/patch-geometry.js';
import { pool } from '../reference/pool.js';
import { relativeDistance } from '../testing/check-failed.js';
import { randomArray } from '../testing/random-array.js';
import { measuredRelativeMse } from '../testing-support/affine-rows.test-support.js';
import { codeOf } from '../testing-support/code-of.test-support.js';
import { holds, seeds } from '../testing-support/holds.test-support.js';
import { naiveConvolve } from '../testing-support/naive-window.test-support.js';
import { fuseConvDense } from './fuse-conv-dense.js';

const flatten = (array: NdArray) => reshape(array, [array.shape[0]!, sizeOf(array.shape.slice(1))]);

test('linear layers fuse exactly, whatever the padding, with average pooling and batch norm between', () => {
  holds(
    fc.property(
      seeds,
      fc.integer({ min: 1, max: 2 }),
      fc.constantFrom('same' as const, 'valid' as const),
      fc.integer({ min: 1, max: 2 }),
      (seed, rank, padding, stride) => {
        const inputSize = rank === 1 ? [9] : [5, 6];
        const axes = inputSize.map(() => 1);
        const first = {
          kernel: randomArray(seed, [...axes.map(() => 2), 2, 3]),
          bias: randomArray(seed + 1, [3]),
          strides: axes.map(() => stride),
          padding,
        };
        const geometry = patchGeometry({ ...first, inputSize, kernelSize: axes.map(() => 2) });
        const window = patchGeometry({ inputSize: geometry.outputSize, kernelSize: axes.map(() => 2) });
        const norm = ({ shape, data }: NdArray): NdArray => ({
          shape,
          data: data.map((value, index) => value * (1 + (index % 3)) - (index % 3)),
        });
        const second = {
          kernel: randomArray(seed + 2, [sizeOf(window.outputSize) * 3, 4]),
          bias: randomArray(seed + 3, [4]),
        };
        const fused = fuseConvDense({
          input: randomArray(seed + 4, [150, ...inputSize, 2]),
          first,
          second,
          between: norm,
          pooling: { kind: 'average', poolSize: axes.map(() => 2), strides: axes },
          ridge: 0,
        });
        expect(fused.relativeMse).toBeLessThan(1e-12);
        expect(fused.kernel.shape).toEqual([sizeOf(inputSize) * 2, 4]);
        const unseen = randomArray(seed + 5, [3, ...inputSize, 2]);
        const features = pool(
          norm(naiveConvolve(unseen, first.kernel, first.bias, geometry)),
          window,
          'average',
        );
        const expected = multiplyRows(flatten(features), second.kernel, second.bias);
        // Roundings, times a condition number of up to 1e4.
        expect(
          relativeDistance(multiplyRows(flatten(unseen), fused.kernel, fused.bias), expected),
        ).toBeLessThan(1e-9);
      },
    ),
    30,
  );
});

const first = {
  kernel: randomArray(1, [3, 3, 1, 4]),
  bias: randomArray(2, [4]),
  activation: 'relu',
  padding: 'same' as const,
};
const input = randomArray(3, [200, 6, 6, 1]);
const convolved = naiveConvolve(
  input,
  first.kernel,
  first.bias,
  patchGeometry({ inputSize: [6, 6], kernelSize: [3, 3], padding: 'same' }),
);
const rectified = { ...convolved, data: convolved.data.map((value) => Math.max(value, 0)) };
const halves = patchGeometry({ inputSize: [6, 6], kernelSize: [2, 2], strides: [2, 2] });

test('through relu and max pooling the error is what the dense layer leaves', () => {
  const second = { kernel: randomArray(4, [3 * 3 * 4, 5]), bias: randomArray(5, [5]), activation: 'softmax' };
  const fused = fuseConvDense({ input, first, second, pooling: { kind: 'max', poolSize: [2, 2] } });
  const target = multiplyRows(flatten(pool(rectified, halves, 'max')), second.kernel, second.bias);
  expect(fused.relativeMse).toBeCloseTo(measuredRelativeMse(fused, flatten(input), target), 12);
  expect(fused.relativeMse).toBeGreaterThan(0.01);
  expect(fused.relativeMse).toBeLessThan(0.9);
});

test("'independent' takes its channels from the input", () => {
  const second = { kernel: randomArray(4, [6 * 6 * 4, 5]) };
  const options = { input, first, second, ridge: 0 };
  // One channel: nothing to couple.
  expect(fuseConvDense({ ...options, channelCoupling: 'independent' })).toEqual(fuseConvDense(options));
});

test('a dense layer that reads another number of features is refused', () => {
  const second = { kernel: randomArray(4, [6 * 6 * 4 - 1, 5]) };
  expect(codeOf(() => fuseConvDense({ input, first, second }))).toBe('SHAPE_MISMATCH');
});
