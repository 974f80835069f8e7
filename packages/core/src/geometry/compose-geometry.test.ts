import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chains, geometries } from '../testing-support/draw-geometry.test-support.js';
import { codeOf, holds } from '../testing-support/properties.test-support.js';
import { centerKernel, composeGeometry, isCentered, uniteGeometry } from './compose-geometry.js';
import { geometryFault, type PatchGeometry, patchGeometry } from './patch-geometry.js';

/** The input positions, padding included, that an output position reads on an axis. */
function positionsRead(geometry: PatchGeometry, axis: number, output: number): number[] {
  return Array.from(
    { length: geometry.kernelSize[axis]! },
    (_, tap) =>
      output * geometry.strides[axis]! + tap * geometry.dilationRate[axis]! - geometry.padding[axis]![0],
  );
}

test('composition is associative', () => {
  holds(
    fc.property(chains(3), ([a, b, c]) => {
      expect(composeGeometry(composeGeometry(a!, b!), c!)).toEqual(
        composeGeometry(a!, composeGeometry(b!, c!)),
      );
    }),
    200,
  );
});

test('the composed window spans what the two windows in a row read, and misses nothing between', () => {
  holds(
    fc.property(chains(2), ([first, second]) => {
      const composed = composeGeometry(first!, second!);
      composed.outputSize.forEach((length, axis) => {
        for (let output = 0; output < length; output++) {
          const inTurn = positionsRead(second!, axis, output).flatMap((at) =>
            positionsRead(first!, axis, at),
          );
          const atOnce = positionsRead(composed, axis, output);
          expect(Math.min(...atOnce)).toBe(Math.min(...inTurn));
          expect(Math.max(...atOnce)).toBe(Math.max(...inTurn));
          expect(inTurn.filter((at) => !atOnce.includes(at))).toEqual([]);
        }
      });
    }),
    200,
  );
});

test('the composed window keeps the invariant of its padding, and both ends of the chain', () => {
  holds(
    fc.property(chains(2), ([first, second]) => {
      const composed = composeGeometry(first!, second!);
      expect(composed.inputSize).toEqual(first!.inputSize);
      expect(composed.outputSize).toEqual(second!.outputSize);
      composed.inputSize.forEach((length, axis) => {
        const extent = (composed.kernelSize[axis]! - 1) * composed.dilationRate[axis]! + 1;
        const [before, after] = composed.padding[axis]!;
        expect((composed.outputSize[axis]! - 1) * composed.strides[axis]! + extent).toBe(
          length + before + after,
        );
      });
    }),
    200,
  );
});

test('never both strided and dilated, which TensorFlow has no convolution for', () => {
  holds(
    fc.property(chains(2), ([first, second]) => {
      const { strides, dilationRate } = composeGeometry(first!, second!);
      if (strides.some((stride) => stride > 1)) expect(dilationRate.every((rate) => rate === 1)).toBe(true);
    }),
    200,
  );
});

test('a window of one position changes nothing of a window without strides', () => {
  const window = patchGeometry({ inputSize: [12], kernelSize: [3], dilationRate: [2], padding: 'same' });
  const point = patchGeometry({ inputSize: [12], kernelSize: [1] });
  expect(composeGeometry(window, point)).toEqual(window);
  expect(composeGeometry(point, window)).toEqual(window);
});

describe('examples', () => {
  test('two 3x3 and a pooling of 2 between are one 8x8 of stride 2', () => {
    const first = patchGeometry({ inputSize: [28, 28], kernelSize: [3, 3] });
    const pooling = patchGeometry({ inputSize: [26, 26], kernelSize: [2, 2], strides: [2, 2] });
    const second = patchGeometry({ inputSize: [13, 13], kernelSize: [3, 3] });
    expect(composeGeometry(composeGeometry(first, pooling), second)).toMatchObject({
      kernelSize: [8, 8],
      strides: [2, 2],
      outputSize: [11, 11],
    });
  });

  test("two strided 'same' layers are not one 'same' layer", () => {
    const first = patchGeometry({ inputSize: [9], kernelSize: [3], strides: [2], padding: 'same' });
    const second = patchGeometry({ inputSize: [5], kernelSize: [3], strides: [2], padding: 'same' });
    expect(composeGeometry(first, second)).toMatchObject({
      kernelSize: [7],
      strides: [4],
      padding: [[3, 3]],
    });
    const one = patchGeometry({ inputSize: [9], kernelSize: [7], strides: [4], padding: 'same' });
    expect(one.padding).toEqual([[3, 3]]);
    const even = patchGeometry({ inputSize: [8], kernelSize: [3], strides: [2], padding: 'same' });
    const next = patchGeometry({ inputSize: [4], kernelSize: [3], strides: [2], padding: 'same' });
    expect(composeGeometry(even, next).padding).toEqual([[0, 3]]);
    expect(patchGeometry({ inputSize: [8], kernelSize: [7], strides: [4], padding: 'same' }).padding).toEqual(
      [[1, 2]],
    );
  });
});

test('a second window that reads another size is refused', () => {
  const first = patchGeometry({ inputSize: [9], kernelSize: [3] });
  expect(codeOf(() => composeGeometry(first, first))).toBe('SHAPE_MISMATCH');
});

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

describe('the union of two windows', () => {
  /**
   * Two windows over one input at the same steps: by another kernel, another dilation, or another place of
   * it.
   */
  const pairs = geometries.chain((geometry) =>
    fc
      .record({
        kernel: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 2 }),
        dilation: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 2 }),
        before: fc.array(fc.integer({ min: -2, max: 3 }), { minLength: 2, maxLength: 2 }),
      })
      .map(({ kernel, dilation, before }) => {
        const { inputSize, outputSize, strides } = geometry;
        const kernelSize = inputSize.map((_, axis) => kernel[axis]!);
        const dilationRate = inputSize.map((_, axis) => dilation[axis]!);
        const padding = inputSize.map((length, axis) => {
          const extent = (kernelSize[axis]! - 1) * dilationRate[axis]! + 1;
          const end = (outputSize[axis]! - 1) * strides[axis]! + extent;
          return [before[axis]!, end - length - before[axis]!] as const;
        });
        return [
          geometry,
          { inputSize, outputSize, strides, kernelSize, dilationRate, padding } as PatchGeometry,
        ] as const;
      }),
  );

  test('reads what both read, begins and ends where they do, and is a geometry', () => {
    holds(
      fc.property(pairs, ([first, second]) => {
        const union = uniteGeometry(first, second)!;
        expect(geometryFault(union)).toBeUndefined();
        union.outputSize.forEach((length, axis) => {
          for (const output of [0, length - 1]) {
            const apart = [first, second].flatMap((geometry) => positionsRead(geometry, axis, output));
            const together = positionsRead(union, axis, output);
            expect(apart.filter((at) => !together.includes(at))).toEqual([]);
            expect(together[0]).toBe(Math.min(...apart));
            expect(together.at(-1)).toBe(Math.max(...apart));
          }
        });
      }),
      300,
    );
  });

  test('is the same either way round, and of a window with itself that window', () => {
    holds(
      fc.property(pairs, ([first, second]) => {
        expect(uniteGeometry(first, second)).toEqual(uniteGeometry(second, first));
        const { strides, dilationRate } = first;
        const plain = strides.every((stride) => stride === 1) || dilationRate.every((rate) => rate === 1);
        const isOne = first.kernelSize.some((size, axis) => size === 1 && dilationRate[axis]! > 1);
        if (plain && !isOne) expect(uniteGeometry(first, first)).toEqual(first);
      }),
      300,
    );
  });

  test('keeps the holes that both leave', () => {
    const window = (kernelSize: number, dilationRate: number) =>
      patchGeometry({
        inputSize: [20],
        kernelSize: [kernelSize],
        dilationRate: [dilationRate],
        padding: 'same',
      });
    expect(uniteGeometry(window(3, 4), window(3, 2))).toEqual(window(5, 2));
    expect(uniteGeometry(window(3, 4), window(1, 1))).toEqual(window(3, 4));
    expect(uniteGeometry(window(3, 2), window(3, 3))).toEqual(window(7, 1));
  });

  test('is none over other inputs, to other outputs or by other steps', () => {
    const window = (inputSize: number, kernelSize: number, stride: number) =>
      patchGeometry({ inputSize: [inputSize], kernelSize: [kernelSize], strides: [stride], padding: 'same' });
    expect(uniteGeometry(window(8, 3, 1), window(9, 3, 1))).toBeUndefined();
    expect(uniteGeometry(window(8, 3, 2), window(8, 3, 1))).toBeUndefined();
    const steps = { ...window(8, 1, 1), outputSize: [4], strides: [2], padding: [[0, -1] as const] };
    const other = { ...window(8, 5, 1), outputSize: [4], padding: [[0, 0] as const] };
    expect(geometryFault(steps)).toBeUndefined();
    expect(geometryFault(other)).toBeUndefined();
    expect(uniteGeometry(steps, other)).toBeUndefined();
  });
});
