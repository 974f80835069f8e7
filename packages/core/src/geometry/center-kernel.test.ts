import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeOf } from '../testing-support/code-of.test-support.js';
import { geometries } from '../testing-support/draw-geometry.test-support.js';
import { holds } from '../testing-support/holds.test-support.js';
import { centerKernel, isCentered } from './center-kernel.js';
import { patchGeometry } from './patch-geometry.js';

test('the receptive field itself is left as it is', () => {
  holds(
    fc.property(geometries, (geometry) => {
      expect(centerKernel(geometry, geometry.kernelSize)).toEqual(geometry);
    }),
    200,
  );
});

test('a smaller kernel skips floor((K - k) / 2) taps at the start, the rest at the end', () => {
  holds(
    fc.property(
      geometries,
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 3 }),
      (geometry, lessY, lessX) => {
        const kernelSize = geometry.kernelSize.map((size, axis) => Math.max(1, size - [lessY, lessX][axis]!));
        const centered = centerKernel(geometry, kernelSize);
        const { inputSize, outputSize, strides, dilationRate } = geometry;
        expect(centered).toMatchObject({ inputSize, outputSize, strides, dilationRate, kernelSize });
        kernelSize.forEach((size, axis) => {
          const spare = geometry.kernelSize[axis]! - size;
          const [before, after] = geometry.padding[axis]!;
          const first = Math.floor(spare / 2);
          expect(centered.padding[axis]).toEqual([
            before - first * dilationRate[axis]!,
            after - (spare - first) * dilationRate[axis]!,
          ]);
        });
      },
    ),
    200,
  );
});

test.each([
  { field: 5, kernel: 3, padding: [-1, -1], exact: true },
  { field: 5, kernel: 2, padding: [-1, -2], exact: false },
  { field: 6, kernel: 3, padding: [-1, -2], exact: false },
  { field: 6, kernel: 4, padding: [-1, -1], exact: true },
])('a kernel of $kernel in a field of $field', ({ field, kernel, padding, exact }) => {
  const whole = patchGeometry({ inputSize: [12], kernelSize: [field] });
  expect(centerKernel(whole, [kernel]).padding).toEqual([padding]);
  expect(isCentered([field], [kernel])).toBe(exact);
});

test('a centred kernel needs a middle on every axis', () => {
  expect(isCentered([5, 6], [3, 3])).toBe(false);
  expect(isCentered([5, 6], [3, 4])).toBe(true);
});

test('refuses a kernel beyond the receptive field, and sizes that are none', () => {
  const whole = patchGeometry({ inputSize: [9, 9], kernelSize: [3, 5] });
  expect(codeOf(() => centerKernel(whole, [4, 5]))).toBe('KERNEL_TOO_LARGE');
  expect(codeOf(() => centerKernel(whole, [1, 6]))).toBe('KERNEL_TOO_LARGE');
  for (const kernelSize of [[3], [3, 0], [3, -1], [1.5, 3], [Number.NaN, 3], [3, 3, 3]]) {
    expect(codeOf(() => centerKernel(whole, kernelSize))).toBe('ARGUMENT_INVALID');
  }
});
