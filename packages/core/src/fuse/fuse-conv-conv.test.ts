import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type NdArray, ndArray, sizeOf } from '../array/nd-array.js';
import { patchGeometry } from '../geometry/patch-geometry.js';
import { convolve, pool } from '../reference/sliding-layers.js';
import { randomArray, relativeDistance } from '../testing/check.js';
import { naiveConvolve } from '../testing-support/naive-window.test-support.js';
import { codeOf, holds, seeds } from '../testing-support/properties.test-support.js';
import { type FusedConvolution, fuseConvConv } from './fuse-plain-layers.js';

const first = { kernel: randomArray(1, [3, 3, 2, 4]), bias: randomArray(2, [4]), activation: 'relu' };
const second = { kernel: randomArray(3, [3, 3, 4, 3]), bias: randomArray(4, [3]), activation: 'relu' };
const input = randomArray(5, [24, 10, 10, 2]);

const relu = ({ shape, data }: NdArray): NdArray => ({
  shape,
  data: data.map((value) => Math.max(value, 0)),
});

function apply(layer: typeof first, features: NdArray, padding: 'same' | 'valid'): NdArray {
  const geometry = patchGeometry({ inputSize: features.shape.slice(1, -1), kernelSize: [3, 3], padding });
  return naiveConvolve(features, layer.kernel, layer.bias, geometry);
}

/** What the fused convolution leaves of the second layer's pre-activation, over its variance per filter. */
function measuredError(fused: FusedConvolution, target: NdArray): number {
  const output = convolve(input, fused.kernel, fused.bias, fused.geometry);
  expect(output.shape).toEqual(target.shape);
  const filters = target.shape.at(-1)!;
  const means = Array.from({ length: filters }, (_, filter) => {
    const column = target.data.filter((_, index) => index % filters === filter);
    return column.reduce((sum, value) => sum + value, 0) / column.length;
  });
  let [error, variance] = [0, 0];
  target.data.forEach((value, index) => {
    error += (value - output.data[index]!) ** 2;
    variance += (value - means[index % filters]!) ** 2;
  });
  return error / variance;
}

describe.each(['valid', 'same'] as const)("'%s' padding", (padding) => {
  const [a, b] = [
    { ...first, padding },
    { ...second, padding },
  ];

  test('the error is what the fused convolution leaves of the pre-activation', () => {
    const fused = fuseConvConv({ input, first: a, second: b });
    const target = apply(second, relu(apply(first, input, padding)), padding);
    expect(fused.relativeMse).toBeCloseTo(measuredError(fused, target), 12);
    expect(fused.relativeMse).toBeGreaterThan(0.01);
    expect(fused.relativeMse).toBeLessThan(0.9);
    expect(fused.kernel.shape).toEqual([5, 5, 2, 3]);
    expect(fused.bias.shape).toEqual([3]);
  });

  test.each(['max', 'average'] as const)('with %s pooling between', (kind) => {
    const fused = fuseConvConv({ input, first: a, second: b, pooling: { kind, poolSize: [2, 2] } });
    const features = relu(apply(first, input, padding));
    const window = patchGeometry({
      inputSize: features.shape.slice(1, -1),
      kernelSize: [2, 2],
      strides: [2, 2],
    });
    const target = apply(second, pool(features, window, kind), padding);
    expect(fused.relativeMse).toBeCloseTo(measuredError(fused, target), 12);
    expect(fused.geometry).toMatchObject({ kernelSize: [8, 8], strides: [2, 2] });
    expect(fused.relativeMse).toBeLessThan(0.9);
  });
});

test('batch norm stands after the activation', () => {
  const norm = (features: NdArray): NdArray => ({
    ...features,
    data: features.data.map((value, index) => (value - 0.3 * (index % 4)) / (1 + (index % 4))),
  });
  const fused = fuseConvConv({ input, first, second, between: norm });
  const target = apply(second, norm(relu(apply(first, input, 'valid'))), 'valid');
  expect(fused.relativeMse).toBeCloseTo(measuredError(fused, target), 12);
});

test('batch norm and average pooling between linear layers fuse exactly', () => {
  const fused = fuseConvConv({
    input: randomArray(6, [40, 10, 10, 2]),
    first: { ...first, activation: 'linear' },
    second,
    between: (features) => ({
      ...features,
      data: features.data.map((value, index) => value * (1 + (index % 4)) - 2),
    }),
    pooling: { kind: 'average', poolSize: [2, 2] },
    ridge: 0,
  });
  expect(fused.relativeMse).toBeLessThan(1e-12);
});

describe('kernelSize', () => {
  test('a smaller kernel is centred, and costs error', () => {
    const errors = [5, 4, 3, 2, 1].map((size) => {
      const fused = fuseConvConv({ input, first, second, kernelSize: [size, size], ridge: 0 });
      expect(fused.kernel.shape).toEqual([size, size, 2, 3]);
      const target = apply(second, relu(apply(first, input, 'valid')), 'valid');
      expect(fused.relativeMse).toBeCloseTo(measuredError(fused, target), 12);
      return fused.relativeMse;
    });
    expect([...errors].sort((x, y) => x - y)).toEqual(errors);
    expect(errors[0]).toBeLessThan(errors[4]! / 2);
  });

  test('nothing is lost where the outer taps are zero', () => {
    const point = {
      shape: first.kernel.shape,
      data: first.kernel.data.map((value, index) => (Math.floor(index / 8) === 4 ? value : 0)),
    };
    const linear = { ...first, kernel: point, activation: 'linear' };
    const at = (size: number) =>
      fuseConvConv({ input, first: linear, second, kernelSize: [size, size], ridge: 0 });
    expect(at(3).relativeMse).toBeLessThan(1e-12);
    expect(at(4).relativeMse).toBeLessThan(1e-12);
    expect(at(2).relativeMse).toBeGreaterThan(0.01);
  });

  test('the whole receptive field is the default', () => {
    expect(fuseConvConv({ input, first, second, kernelSize: [5, 5] })).toEqual(
      fuseConvConv({ input, first, second }),
    );
  });

  test('more than the receptive field is refused', () => {
    expect(codeOf(() => fuseConvConv({ input, first, second, kernelSize: [6, 5] }))).toBe('KERNEL_TOO_LARGE');
  });
});

test('options of the solver reach it', () => {
  const full = fuseConvConv({ input, first, second, ridge: 0 });
  const independent = fuseConvConv({ input, first, second, ridge: 0, channelCoupling: 'independent' });
  expect(independent.relativeMse).toBeGreaterThanOrEqual(full.relativeMse);
  expect(independent.kernel.data).not.toEqual(full.kernel.data);
  expect(fuseConvConv({ input, first, second, ridge: 0.5 }).diagnostics.ridge).toBe(0.5);
});

test('a missing bias is zero', () => {
  const { kernel, bias } = fuseConvConv({
    input: ndArray([1, 6, 1], [1, 2, -1, 3, 0, 5]),
    first: { kernel: ndArray([1, 1, 1], [2]) },
    second: { kernel: ndArray([1, 1, 1], [3]) },
    ridge: 0,
  });
  expect(kernel.data[0]).toBeCloseTo(6, 13);
  expect(bias.data[0]).toBeCloseTo(0, 13);
});

test('kernels and data that do not fit are refused', () => {
  const flat = { kernel: randomArray(1, [3, 2, 4]) };
  const thin = { kernel: randomArray(1, [3, 3, 5, 3]) };
  expect(codeOf(() => fuseConvConv({ input, first: flat, second }))).toBe('SHAPE_MISMATCH');
  expect(codeOf(() => fuseConvConv({ input, first, second: thin }))).toBe('SHAPE_MISMATCH');
  expect(codeOf(() => fuseConvConv({ input: randomArray(1, [2, 4, 4, 2]), first, second }))).toBe(
    'SHAPE_MISMATCH',
  );
});

interface WindowDraw {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
}

/** Axes of two windows in a row, kernels up to `longest`; `spare` is more input than the windows read. */
const pairAxes = (longest: number) => {
  const window: fc.Arbitrary<WindowDraw> = fc.record({
    kernel: fc.integer({ min: 1, max: longest }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 2 }),
  });
  return fc.record({ first: window, second: window, spare: fc.integer({ min: 0, max: 4 }) });
};

const extentOf = ({ kernel, dilation }: WindowDraw) => (kernel - 1) * dilation + 1;

test.each([
  { rank: 1, longest: 4, numRuns: 60 },
  { rank: 2, longest: 2, numRuns: 30 },
])("linear layers of rank $rank with 'valid' padding fuse exactly", ({ rank, longest, numRuns }) => {
  const drawn = fc.array(pairAxes(longest), { minLength: rank, maxLength: rank });
  const channels = fc.tuple(
    fc.integer({ min: 1, max: 2 }),
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 2 }),
  );
  holds(
    fc.property(drawn, channels, seeds, (axes, [inChannels, middle, filters], seed) => {
      const field = axes.map(({ first, second }) => extentOf(first) + first.stride * (extentOf(second) - 1));
      const inputSize = axes.map(
        ({ first, second, spare }, axis) => field[axis]! + first.stride * second.stride + spare,
      );
      const layers = (['first', 'second'] as const).map((which, at) => ({
        kernel: randomArray(seed + at, [
          ...axes.map((axis) => axis[which].kernel),
          ...(at === 0 ? [inChannels, middle] : [middle, filters]),
        ]),
        bias: randomArray(seed + 2 + at, [at === 0 ? middle : filters]),
        strides: axes.map((axis) => axis[which].stride),
        dilationRate: axes.map((axis) => axis[which].dilation),
      }));
      const [first, second] = [layers[0]!, layers[1]!];
      const teacher = (input: ReturnType<typeof randomArray>) => {
        const { kernel, bias, ...window } = first;
        const sizes = { inputSize, kernelSize: kernel.shape.slice(0, -2) };
        const features = naiveConvolve(input, kernel, bias, patchGeometry({ ...sizes, ...window }));
        return naiveConvolve(
          features,
          second.kernel,
          second.bias,
          patchGeometry({
            inputSize: features.shape.slice(1, -1),
            kernelSize: second.kernel.shape.slice(0, -2),
            strides: second.strides,
            dilationRate: second.dilationRate,
          }),
        );
      };
      // Two windows an axis at least; rows twice the numbers of the widest patch.
      const samples = Math.ceil((2 * sizeOf(field) * inChannels + 20) / 2 ** rank);
      const input = randomArray(seed + 4, [samples, ...inputSize, inChannels]);
      const fused = fuseConvConv({ input, first, second, ridge: 0 });
      expect(fused.relativeMse).toBeLessThan(1e-12);
      expect(fused.kernel.shape).toEqual([...fused.geometry.kernelSize, inChannels, filters]);
      const unseen = randomArray(seed + 5, [2, ...inputSize, inChannels]);
      // Roundings, times a condition number of up to 1e4.
      const distance = relativeDistance(
        convolve(unseen, fused.kernel, fused.bias, fused.geometry),
        teacher(unseen),
      );
      expect(distance).toBeLessThan(1e-9);
    }),
    numRuns,
  );
});
