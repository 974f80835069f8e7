import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { axes, chains, geometries } from '../testing-support/draw-geometry.test-support.js';
import { codeOf, holds } from '../testing-support/properties.test-support.js';
import { centerKernel, composeGeometry } from './compose-geometry.js';
import { geometryFault, type PatchGeometryOptions, patchGeometry, positionCount } from './patch-geometry.js';

const oneAxis = ({
  length,
  kernel,
  stride,
  dilation,
}: { [name in 'length' | 'kernel' | 'stride' | 'dilation']: number }) => ({
  inputSize: [length],
  kernelSize: [kernel],
  strides: [stride],
  dilationRate: [dilation],
});

describe("TensorFlow's documented formulas", () => {
  test("'valid' reads ceil((length - extent + 1) / stride) windows and pads nothing", () => {
    holds(
      fc.property(axes, (axis) => {
        const geometry = patchGeometry({ ...oneAxis(axis), padding: 'valid' });
        const extent = (axis.kernel - 1) * axis.dilation + 1;
        expect(geometry.outputSize).toEqual([Math.ceil((axis.length - extent + 1) / axis.stride)]);
        expect(geometry.padding[0]![0]).toBe(0);
        expect(geometry.padding[0]![1]).toBeLessThanOrEqual(0);
        expect(geometry.padding[0]![1]).toBeGreaterThan(-axis.stride);
      }),
      300,
    );
  });

  test("'same' reads ceil(length / stride) windows, and an odd pad goes to the end", () => {
    holds(
      fc.property(axes, fc.integer({ min: 1, max: 20 }), (axis, length) => {
        const geometry = patchGeometry({ ...oneAxis({ ...axis, length }), padding: 'same' });
        const extent = (axis.kernel - 1) * axis.dilation + 1;
        const over = length % axis.stride;
        const pad = Math.max(extent - (over === 0 ? axis.stride : over), 0);
        expect(geometry.outputSize).toEqual([Math.ceil(length / axis.stride)]);
        const [before, after] = geometry.padding[0]!;
        expect(before).toBe(Math.floor(pad / 2));
        if (pad > 0) expect(after).toBe(pad - before);
        else expect(after).toBeLessThanOrEqual(0);
      }),
      300,
    );
  });

  test.each([
    { length: 28, kernel: 3, stride: 2, dilation: 1, expected: [0, 1], output: 14 },
    { length: 7, kernel: 3, stride: 2, dilation: 1, expected: [1, 1], output: 4 },
    { length: 5, kernel: 2, stride: 1, dilation: 1, expected: [0, 1], output: 5 },
    { length: 6, kernel: 3, stride: 1, dilation: 2, expected: [2, 2], output: 6 },
    { length: 8, kernel: 1, stride: 3, dilation: 1, expected: [0, -1], output: 3 },
  ])("'same' on $length with kernel $kernel, stride $stride, dilation $dilation", (axis) => {
    const geometry = patchGeometry({ ...oneAxis(axis), padding: 'same' });
    expect([geometry.padding[0], geometry.outputSize[0]]).toEqual([axis.expected, axis.output]);
  });
});

test('the last window ends at the padded edge, whatever the padding', () => {
  holds(
    fc.property(geometries, (geometry) => {
      geometry.inputSize.forEach((length, axis) => {
        const extent = (geometry.kernelSize[axis]! - 1) * geometry.dilationRate[axis]! + 1;
        const [before, after] = geometry.padding[axis]!;
        expect((geometry.outputSize[axis]! - 1) * geometry.strides[axis]! + extent).toBe(
          length + before + after,
        );
      });
    }),
    300,
  );
});

test('explicit padding keeps its start, and crops its end by less than a stride', () => {
  holds(
    fc.property(axes, (axis) => {
      const geometry = patchGeometry({ ...oneAxis(axis), padding: [[axis.before, axis.after]] });
      const [before, after] = geometry.padding[0]!;
      expect(before).toBe(axis.before);
      expect(after).toBeLessThanOrEqual(axis.after);
      expect(after).toBeGreaterThan(axis.after - axis.stride);
    }),
    300,
  );
});

test("strides and rates default to 1, padding to 'valid'", () => {
  expect(patchGeometry({ inputSize: [5, 6], kernelSize: [2, 3] })).toEqual({
    inputSize: [5, 6],
    outputSize: [4, 4],
    kernelSize: [2, 3],
    strides: [1, 1],
    dilationRate: [1, 1],
    padding: [
      [0, 0],
      [0, 0],
    ],
  });
});

test('positions are the product of the output size', () => {
  expect(positionCount(patchGeometry({ inputSize: [5, 6], kernelSize: [2, 2] }))).toBe(20);
});

describe('refusals', () => {
  const good = { inputSize: [5, 5], kernelSize: [3, 3] };

  test.each([
    ['a kernel that does not fit', { ...good, kernelSize: [6, 3] }],
    ['a dilated kernel that does not fit', { ...good, dilationRate: [3, 1] }],
    [
      'a crop that leaves too little',
      {
        ...good,
        padding: [
          [-3, 0],
          [0, 0],
        ] as const,
      },
    ],
    ['a kernel of another rank', { ...good, kernelSize: [3] }],
    ['strides of another rank', { ...good, strides: [1] }],
    ['rates of another rank', { ...good, dilationRate: [1, 1, 1] }],
    ['padding for one axis of two', { ...good, padding: [[0, 0]] as const }],
    ['three axes', { inputSize: [5, 5, 5], kernelSize: [3, 3, 3] }],
    ['no axis', { inputSize: [], kernelSize: [] }],
  ])('%s is a SHAPE_MISMATCH', (_, options) =>
    expect(codeOf(() => patchGeometry(options))).toBe('SHAPE_MISMATCH'),
  );

  test.each([
    ['an empty input', { ...good, inputSize: [0, 5] }],
    ['half a kernel', { ...good, kernelSize: [1.5, 1] }],
    ['stride 0', { ...good, strides: [0, 1] }],
    ['a negative rate', { ...good, dilationRate: [-1, 1] }],
    ['NaN', { ...good, strides: [Number.NaN, 1] }],
    ['half a stride', { ...good, strides: [1.5, 1] }],
    ['a rate that is not finite', { ...good, dilationRate: [Number.POSITIVE_INFINITY, 1] }],
    ['kernel 0', { ...good, kernelSize: [0, 3] }],
    ['a length that is open', { ...good, inputSize: [null, 5] }],
    ['one number for all axes', { ...good, kernelSize: 3 }],
    ['a stride in text', { ...good, strides: ['2', '2'] }],
    ['no input', { kernelSize: [3, 3] }],
    ['no kernel', { inputSize: [5, 5] }],
    ['a word in another case', { ...good, padding: 'Same' }],
    ['a word that TensorFlow has elsewhere', { ...good, padding: 'causal' }],
    ['an empty word', { ...good, padding: '' }],
    ['padding by one number', { ...good, padding: 1 }],
    ['padding by one number an axis', { ...good, padding: [1, 1] }],
    [
      'half a position of padding',
      {
        ...good,
        padding: [
          [0.5, 0.5],
          [0, 0],
        ],
      },
    ],
    [
      'padding of NaN',
      {
        ...good,
        padding: [
          [Number.NaN, 0],
          [0, 0],
        ],
      },
    ],
    ['padding before alone', { ...good, padding: [[1], [1]] }],
    [
      'padding of three',
      {
        ...good,
        padding: [
          [1, 1, 1],
          [1, 1, 1],
        ],
      },
    ],
  ])('%s is an ARGUMENT_INVALID', (_, options) =>
    expect(codeOf(() => patchGeometry(options as PatchGeometryOptions))).toBe('ARGUMENT_INVALID'),
  );

  test('padding for three axes of two is a SHAPE_MISMATCH', () => {
    const padding = [
      [0, 0],
      [0, 0],
      [1, 1],
    ] as const;
    expect(codeOf(() => patchGeometry({ ...good, padding }))).toBe('SHAPE_MISMATCH');
  });

  test('the message says what came', () => {
    const options = { ...good, padding: 'Same' } as unknown as PatchGeometryOptions;
    expect(() => patchGeometry(options)).toThrow(/padding is "Same": 'same', 'valid' or integers/);
  });
});

test('what patchGeometry, composeGeometry and centerKernel give has no fault', () => {
  holds(fc.property(geometries, (geometry) => geometryFault(geometry) === undefined));
  holds(
    fc.property(chains(2), ([first, second]) => {
      const composed = composeGeometry(first!, second!);
      expect(geometryFault(composed)).toBeUndefined();
      const smaller = centerKernel(
        composed,
        composed.kernelSize.map((size) => Math.ceil(size / 2)),
      );
      expect(geometryFault(smaller)).toBeUndefined();
    }),
  );
});

const good = patchGeometry({ inputSize: [5, 6], kernelSize: [3, 2], padding: 'same' });

test.each([
  [undefined, /it is undefined/],
  [null, /it is null/],
  ['same', /it is "same"/],
  [{}, /inputSize undefined where a list of positive integers/],
  [{ ...good, strides: 1 }, /strides 1 where/],
  [{ ...good, strides: [1, 1.5] }, /strides \[1, 1\.5\] where/],
  [{ ...good, kernelSize: [3, Number.NaN] }, /kernelSize \[3, NaN\] where/],
  [{ ...good, dilationRate: [1, -1] }, /dilationRate \[1, -1\] where/],
  [{ ...good, padding: 'same' }, /padding "same" where integers/],
  [{ ...good, padding: [[1, 1], [0]] }, /padding \[\[1, 1\], \[0\]\] where integers/],
  [{ ...good, strides: [1] }, /strides of 1 axes and inputSize of 2/],
  [{ ...good, padding: [[1, 1]] }, /padding of 1 axes and inputSize of 2/],
  // Five windows of extent 2 end at position 6 of the 7 that are padded to extent 3.
  [{ ...good, kernelSize: [2, 2] }, /5 windows that end at position 6 of 7 padded ones on axis 0/],
  [{ ...good, strides: [2, 1] }, /axis 0/],
  [{ ...good, outputSize: [5, 7] }, /axis 1/],
  [
    {
      inputSize: [],
      outputSize: [],
      kernelSize: [],
      strides: [],
      dilationRate: [],
      padding: [],
    },
    /0 spatial axes/,
  ],
])('%j is none', (geometry, fault) => expect(geometryFault(geometry)).toMatch(fault));
