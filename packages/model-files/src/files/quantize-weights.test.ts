import { refusalOf } from '@fuseinit/test-inputs/refusal';
import type { io } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { quantizeWeights, type WeightDtype, weightDtypeOf, weightRoundings } from './quantize-weights.js';

const spec = (name: string, shape: number[], dtype = 'float32') =>
  ({ name, shape, dtype }) as io.WeightsManifestEntry;
const bytesOf = (...arrays: (Float32Array | Int32Array | Uint16Array | Uint8Array)[]) =>
  new Uint8Array(Buffer.concat(arrays.map(({ buffer }) => new Uint8Array(buffer))));

/** Stores numbers as a matrix of two columns. */
function stored(numbers: number[], dtype: WeightDtype) {
  const { weightSpecs, values } = quantizeWeights(
    [spec('dense/kernel', [numbers.length / 2, 2])],
    bytesOf(Float32Array.from(numbers)),
    dtype,
  );
  return { ...weightSpecs[0]!, values };
}

describe('uint8 and uint16', () => {
  test('numbers are steps from the least to the most', () => {
    const { quantization, values } = stored([-1, 0, 0.25, 2.984375], 'uint8');
    // The range is 255 / 64.
    expect(quantization).toEqual({ dtype: 'uint8', min: -1, scale: 1 / 64 });
    expect([...values]).toEqual([0, 64, 80, 255]);
  });

  test('65,536 of them for uint16, in the byte order that TensorFlow.js reads', () => {
    const { quantization, values } = stored([0, 1, 256, 65535], 'uint16');
    expect(quantization).toEqual({ dtype: 'uint16', min: expect.closeTo(0, 12), scale: 1 });
    expect([...values]).toEqual([0, 0, 1, 0, 0, 1, 255, 255]);
  });

  test('zero stays zero where the range has it, though no step would fall there', () => {
    // Steps of 0.4 from -0.5 on have -0.1 and 0.3 beside 0.
    const { quantization, values } = stored([-0.5, 0, 101.5, 50], 'uint8');
    expect(values[1]! * quantization!.scale! + quantization!.min!).toBe(0);
  });

  test.each([
    ['a constant', [7.3, 7.3, 7.3, 7.3]],
    ['zeros', [0, 0, 0, 0]],
    ['a range without zero', [1000, 1000.5, 1001, 1255]],
  ])('%s comes back', (_, numbers) => {
    const { quantization, values } = stored(numbers, 'uint8');
    const { scale, min } = quantization!;
    expect([...values].map((step) => Math.fround(step * scale! + min!))).toEqual(
      // Half a step; a constant has no steps.
      numbers.map((number) =>
        new Set(numbers).size === 1
          ? Math.fround(number)
          : expect.toSatisfy((x) => Math.abs(x - number) <= 0.5),
      ),
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    '%d is refused with the name of its weight',
    async (number) => {
      const error = await refusalOf(() => stored([1, number, 3, 4], 'uint8'));
      expect([error.code, error.message]).toEqual([
        'VALUE_NOT_FINITE',
        expect.stringContaining('"dense/kernel"'),
      ]);
    },
  );
});

test('uint8 keeps a depthwise kernel of channels of other scales in float16, within a tenth of the file', () => {
  const kernel = (shape: number[], of: (index: number) => number) => ({
    shape,
    numbers: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => of(index)),
  });
  const wave = (index: number) => Math.sin(1 + 7 * index);
  const dtypesOf = (kernels: ReturnType<typeof kernel>[]) => {
    const specs = kernels.map(({ shape }, index) => ({ name: `${index}`, shape, dtype: 'float32' as const }));
    const values = Buffer.concat(kernels.map(({ numbers }) => Buffer.from(numbers.buffer)));
    return quantizeWeights(specs, new Uint8Array(values), 'uint8').weightSpecs.map(
      ({ quantization }) => quantization?.dtype,
    );
  };
  // Every second channel is a thousandth of the others.
  const uneven = kernel([3, 3, 8, 1], (index) => wave(index) * (index % 2 === 0 ? 1 : 1e-3));
  const even = kernel([1, 1, 8, 100], wave);
  expect(dtypesOf([uneven, even])).toEqual(['float16', 'uint8']);
  // A file of its own would double.
  expect(dtypesOf([uneven])).toEqual(['uint8']);
});

describe('float16', () => {
  test('numbers are the nearest ones, subnormals too', () => {
    // By IEEE 754: 0.1 is 0x2e66 and 2^-24 the least number above 0; 65519 is nearer to 65504 than to 65536.
    const { quantization, values } = stored([1.5, -2, 0.1, 2 ** -24, 65519, 0], 'float16');
    expect(quantization).toEqual({ dtype: 'float16' });
    expect([...new Uint16Array(values.buffer)]).toEqual([0x3e00, 0xc000, 0x2e66, 1, 0x7bff, 0]);
  });

  test('a number out of its range is refused with the name of its weight', async () => {
    const error = await refusalOf(() => stored([1, -65520, 3, 4], 'float16'));
    expect(error.code).toBe('PRECISION_TOO_LOW');
    expect(error.message).toMatch(/"dense\/kernel" holds -65520/);
  });

  test('what was infinite before is no fault of the range', () => {
    const { values } = stored([Number.NEGATIVE_INFINITY, 1], 'float16');
    expect([...new Uint16Array(values.buffer)]).toEqual([0xfc00, 0x3c00]);
  });
});

test.each(['float16', 'uint16', 'uint8'] as const)(
  'vectors, single numbers, whole numbers and nothing stay as they are in %s',
  (dtype) => {
    const specs = [
      spec('bias', [3]),
      spec('scale', []),
      spec('one', [1, 1]),
      spec('none', [0, 4]),
      spec('shape', [2, 2], 'int32'),
    ];
    const values = bytesOf(
      Float32Array.of(1e6, 1e-9, -3),
      Float32Array.of(70000),
      Float32Array.of(0.1),
      Int32Array.of(1, -1, 224, 70000),
    );
    expect(quantizeWeights(specs, values, dtype)).toEqual({ weightSpecs: specs, values });
  },
);

test('weights that come quantized are read before they are stored otherwise', () => {
  const given = [
    { ...spec('odd', [3, 1]), quantization: { dtype: 'uint8', scale: 0.5, min: -1 } },
    { ...spec('half', [1, 2]), quantization: { dtype: 'float16', original_dtype: 'float32' } },
    { ...spec('two', [1, 2]), quantization: { dtype: 'uint16', scale: 2, min: 0 } },
  ] as io.WeightsManifestEntry[];
  // The second weight begins at an odd place.
  const values = bytesOf(Uint8Array.of(0, 2, 255), Uint16Array.of(0x3e00, 0xc000), Uint16Array.of(1, 300));
  expect(quantizeWeights(given, values, 'float32')).toEqual({
    weightSpecs: [spec('odd', [3, 1]), spec('half', [1, 2]), spec('two', [1, 2])],
    values: bytesOf(Float32Array.of(-1, 0, 126.5, 1.5, -2, 2, 600)),
  });
  // Those that are stored so already aren't rounded again.
  const { weightSpecs, values: kept } = quantizeWeights(given, values, 'uint8');
  expect([weightSpecs[0], ...kept.slice(0, 3)]).toEqual([given[0], 0, 2, 255]);
});

test.each(['uint8', 'uint16', 'float16'] as const)(
  'numbers that were rounded as told are stored in %s without another change',
  (dtype) => {
    const specs = [spec('kernel', [4, 50]), spec('bias', [5])];
    const numbers = Float32Array.from({ length: 205 }, (_, index) => Math.sin(1 + 7 * index) + 0.3);
    const roundings = weightRoundings(specs, bytesOf(numbers), dtype);
    expect([...roundings.keys()]).toEqual(['kernel']);
    // Not to the nearest: all but the least and the largest come from elsewhere.
    const rounded = numbers.map((number, index) =>
      index < 200 ? roundings.get('kernel')!(0.8 * number + 0.05, index) : number,
    );
    const stored = quantizeWeights(specs, bytesOf(rounded), dtype);
    const read = quantizeWeights(stored.weightSpecs, stored.values, 'float32');
    // The range is that of rounded numbers, which is off by a rounding of float32.
    [...new Float32Array(read.values.buffer)].forEach((number, index) => {
      expect(Math.abs(number - rounded[index]!)).toBeLessThan(2 ** -22);
    });
    if (dtype === 'float16') return;
    const steps = quantizeWeights(specs, bytesOf(numbers), dtype).weightSpecs[0]!.quantization!;
    expect(stored.weightSpecs[0]!.quantization!.scale).toBeCloseTo(steps.scale!, 8);
  },
);

test('the type that most numbers are stored as', () => {
  const matrix = (rows: number, dtype?: 'uint8' | 'float16') => ({
    ...spec('kernel', [rows, 2]),
    ...(dtype && { quantization: { dtype } }),
  });
  expect(weightDtypeOf([matrix(3, 'uint8'), matrix(2), matrix(2, 'float16')])).toBe('uint8');
  expect(weightDtypeOf([matrix(3, 'uint8'), matrix(2), matrix(2)])).toBe('float32');
  expect(weightDtypeOf([])).toBe('float32');
});
