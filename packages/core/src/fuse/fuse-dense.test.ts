import fc from 'fast-check';
import { expect, test } from 'vitest';
import { multiplyRows, type NdArray, reshape, sizeOf } from '../array/nd-array.js';
import { patchGeometry } from '../geometry/patch-geometry.js';
import { pool } from '../reference/sliding-layers.js';
import { randomArray, relativeDistance } from '../testing/check.js';
import { correlatedRows, measuredRelativeMse } from '../testing-support/affine-rows.test-support.js';
import { naiveConvolve } from '../testing-support/naive-window.test-support.js';
import { codeOf, holds, seeds } from '../testing-support/properties.test-support.js';
import { fuseConvDense, fuseDenseDense } from './fuse-plain-layers.js';

/** The standard normal's share below `x`, by the midpoint rule: good to 1e-6. */
function normalCdf(x: number): number {
  const steps = 2000;
  let sum = 0;
  for (let step = 0; step < steps; step++) sum += Math.exp(-0.5 * ((x * (step + 0.5)) / steps) ** 2);
  return 0.5 + (sum * x) / steps / Math.sqrt(2 * Math.PI);
}

const size = fc.integer({ min: 1, max: 6 });
const dense = (seed: number, inputs: number, units: number, activation: string) => ({
  kernel: randomArray(seed, [inputs, units]),
  bias: randomArray(seed + 1, [units]),
  activation,
});

test('linear layers fuse into the product of their kernels', () => {
  holds(
    fc.property(seeds, size, size, size, (seed, inputs, hidden, units) => {
      const first = dense(seed, inputs, hidden, 'linear');
      const second = dense(seed + 2, hidden, units, 'relu');
      const fused = fuseDenseDense({ input: correlatedRows(seed, 40, inputs), first, second, ridge: 0 });
      expect(fused.relativeMse).toBeLessThan(1e-12);
      // Roundings, times a condition number of up to 1e4.
      expect(relativeDistance(fused.kernel, multiplyRows(first.kernel, second.kernel))).toBeLessThan(1e-10);
      const bias = multiplyRows({ ...first.bias, shape: [1, hidden] }, second.kernel, second.bias);
      expect(relativeDistance({ ...fused.bias, shape: [1, units] }, bias)).toBeLessThan(1e-9);
    }),
  );
});

test('through relu and batch norm the error is what the fused layer leaves', () => {
  holds(
    fc.property(seeds, size, size, size, (seed, inputs, hidden, units) => {
      const first = dense(seed, inputs, hidden, 'relu');
      const second = dense(seed + 2, hidden, units, 'softmax');
      const norm = ({ shape, data }: NdArray): NdArray => ({
        shape,
        data: data.map((value, index) => (value - 0.5) * (1 + (index % hidden))),
      });
      const input = correlatedRows(seed, 60, inputs);
      const fused = fuseDenseDense({ input, first, second, between: norm });
      const sums = multiplyRows(input, first.kernel, first.bias);
      const rectified = { ...sums, data: sums.data.map((value) => Math.max(value, 0)) };
      const target = multiplyRows(norm(rectified), second.kernel, second.bias);
      // A unit that no sample wakes has no variance to be held against.
      fc.pre(rectified.data.some((value) => value > 0));
      expect(Math.abs(fused.relativeMse - measuredRelativeMse(fused, input, target))).toBeLessThan(1e-11);
    }),
  );
});

test('on Gaussian inputs a hidden relu keeps the share of its slope with which it is active', () => {
  const [count, inputs, hidden] = [100_000, 3, 4];
  const first = dense(1, inputs, hidden, 'relu');
  const second = dense(3, hidden, 2, 'linear');
  const fused = fuseDenseDense({ input: randomArray(5, [count, inputs]), first, second, ridge: 0 });
  // Inputs have mean 0 and variance 1: unit i is active with probability Phi(bias_i / |kernel_i|).
  const active = { ...first.kernel, data: first.kernel.data.slice() };
  for (let unit = 0; unit < hidden; unit++) {
    const deviation = Math.hypot(
      ...Array.from({ length: inputs }, (_, row) => first.kernel.data[row * hidden + unit]!),
    );
    const share = normalCdf(first.bias.data[unit]! / deviation);
    for (let row = 0; row < inputs; row++) active.data[row * hidden + unit]! *= share;
  }
  // A weight's sampling deviation is about that of the residual, below 0.5, over the root of the count:
  // 0.0016.
  expect(relativeDistance(fused.kernel, multiplyRows(active, second.kernel))).toBeLessThan(0.01);
});

test('samples of any rank are flattened', () => {
  const input = randomArray(1, [40, 2, 3]);
  // A ridge is relative to the variances of the channels, the last axis: without one, only rounding is left.
  const options = { first: dense(2, 6, 5, 'relu'), second: dense(4, 5, 2, 'linear'), ridge: 0 };
  const deep = fuseDenseDense({ ...options, input });
  const flat = fuseDenseDense({ ...options, input: { ...input, shape: [40, 6] } });
  expect(relativeDistance(deep.kernel, flat.kernel)).toBeLessThan(1e-12);
  expect(relativeDistance(deep.bias, flat.bias)).toBeLessThan(1e-12);
  expect(deep.relativeMse).toBeCloseTo(flat.relativeMse, 12);
});

test('kernels that do not fit are refused', () => {
  const input = randomArray(1, [40, 6]);
  const [good, narrow] = [dense(2, 6, 5, 'relu'), dense(4, 4, 2, 'linear')];
  expect(codeOf(() => fuseDenseDense({ input, first: good, second: narrow }))).toBe('SHAPE_MISMATCH');
  expect(codeOf(() => fuseDenseDense({ input, first: narrow, second: good }))).toBe('SHAPE_MISMATCH');
});

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
