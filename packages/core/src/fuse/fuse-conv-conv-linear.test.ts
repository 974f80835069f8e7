import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sizeOf } from '../array/nd-array.js';
import { patchGeometry } from '../geometry/patch-geometry.js';
import { convolve } from '../reference/convolve.js';
import { relativeDistance } from '../testing/check-failed.js';
import { randomArray } from '../testing/random-array.js';
import { holds, seeds } from '../testing-support/holds.test-support.js';
import { naiveConvolve } from '../testing-support/naive-window.test-support.js';
import { fuseConvConv } from './fuse-conv-conv.js';

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
