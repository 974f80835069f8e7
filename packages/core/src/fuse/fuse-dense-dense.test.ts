import fc from 'fast-check';
import { expect, test } from 'vitest';
import { multiplyRows } from '../array/matrix.js';
import type { NdArray } from '../array/nd-array.js';
import { relativeDistance } from '../testing/check-failed.js';
import { randomArray } from '../testing/random-array.js';
import { correlatedRows, measuredRelativeMse } from '../testing-support/affine-rows.test-support.js';
import { codeOf } from '../testing-support/code-of.test-support.js';
import { holds, seeds } from '../testing-support/holds.test-support.js';
import { fuseDenseDense } from './fuse-dense-dense.js';

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
  // A weight's sampling deviation is about that of the residual, below 0.5, over the root of the count: 0.0016.
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
