import type { DataFile, PixelScale } from '@fuseinit/data-files';
import type { InputReading } from '@fuseinit/tfjs/internal';
import { expect, test } from 'vitest';
import { contradiction, readsAs, type SeenValues, scaleFor } from './pixel-scale.js';

type Holds = DataFile['holds'];

function fileOf(holds: Holds, pixels: PixelScale = 'raw', sampleShape = [8, 8, 3]) {
  return { holds, pixels, sampleShape, description: 'x.npy' } as unknown as DataFile;
}

const bytes: SeenValues = { min: 0, max: 255, isWhole: true, samples: 10 };
const between = (min: number, max: number): SeenValues => ({ min, max, isWhole: false, samples: 10 });

const words: InputReading = { kind: 'indices', layerName: 'words', count: 200 };
const scaled = (range: PixelScale): InputReading => ({
  kind: 'scaled',
  layerName: 'first',
  className: 'Rescaling',
  range,
});
const integers: InputReading = { kind: 'integers', inputName: 'grey' };
const pixels: InputReading = { kind: 'pixels' };
const numbers: InputReading = { kind: 'numbers' };

test.each([
  ['bytes', words, 'raw'],
  ['bytes', integers, 'raw'],
  ['images', integers, 'raw'],
  ['bytes', scaled('raw'), 'raw'],
  ['images', scaled('raw'), 'raw'],
  ['bytes', scaled('unit'), 'unit'],
  ['images', scaled('symmetric'), 'symmetric'],
  ['bytes', pixels, 'unit'],
  ['images', pixels, 'unit'],
  ['images', numbers, 'unit'],
  ['numbers', pixels, 'raw'],
  ['numbers', scaled('raw'), 'raw'],
] as [Holds, InputReading, PixelScale][])('%s before %j are taken as %s', (holds, reading, expected) => {
  expect(scaleFor(fileOf(holds), reading, bytes).pixels).toBe(expected);
});

test('bytes of rows and columns are pixels though the model reads them flat', () => {
  expect(scaleFor(fileOf('bytes', 'raw', [28, 28]), numbers, bytes).pixels).toBe('unit');
});

test('bytes that may be no pixels have to be told', () => {
  for (const [file, reading, seen] of [
    [fileOf('bytes', 'raw', [20]), numbers, bytes],
    [fileOf('bytes'), pixels, { ...bytes, max: 1 }],
  ] as const) {
    expect(() => scaleFor(file, reading, seen)).toThrow(
      /may be pixels from 0 to 255 or other numbers.*--pixels/,
    );
  }
});

test.each([
  ['bytes', 'unit', words, bytes, /words reads indices, which scaling makes fractions: give --pixels raw/],
  ['bytes', 'raw', words, bytes, /words reads whole numbers from 0 to 199; the data hold 0 to 255/],
  ['numbers', 'raw', words, between(-1, 3), /the data hold fractions, -1 to 3/],
  ['images', 'unit', integers, bytes, /grey is of type int32, which cuts fractions off: .* --pixels raw/],
  ['numbers', 'raw', integers, between(0, 1), /cuts fractions off; the data hold fractions/],
  [
    'bytes',
    'unit',
    scaled('raw'),
    bytes,
    /scales pixels from 0 to 255 itself, and pixels from 0 to 1 are given: give --pixels raw/,
  ],
  ['images', 'raw', scaled('unit'), bytes, /give --pixels unit/],
  [
    'numbers',
    'raw',
    scaled('raw'),
    between(0, 1),
    /scales pixels from 0 to 255 itself, and the data hold 0 to 1/,
  ],
  ['numbers', 'raw', scaled('symmetric'), between(0, 255), /from -1 to 1 itself, and the data hold 0 to 255/],
] as [Holds, PixelScale, InputReading, SeenValues, RegExp][])(
  '%s taken as %s contradict %j where %j were seen',
  (holds, scale, reading, seen, expected) => {
    expect(contradiction(fileOf(holds, scale), reading, seen)).toMatch(expected);
  },
);

test.each([
  ['bytes', 'raw', words, { ...bytes, max: 199 }],
  ['bytes', 'raw', integers, bytes],
  ['bytes', 'raw', scaled('raw'), bytes],
  ['numbers', 'raw', scaled('raw'), between(0, 255)],
  ['numbers', 'raw', scaled('unit'), between(0, 1)],
  ['bytes', 'symmetric', pixels, bytes],
  ['numbers', 'raw', numbers, between(-1000, 1000)],
] as [Holds, PixelScale, InputReading, SeenValues][])(
  '%s taken as %s before %j contradict nothing where %j were seen',
  (holds, scale, reading, seen) => {
    expect(contradiction(fileOf(holds, scale), reading, seen)).toBeUndefined();
  },
);

test.each([
  [
    [28, 28, 1],
    [28, 28, 1],
  ],
  [
    [28, 28],
    [28, 28, 1],
  ],
  [[784], [28, 28, 1]],
  [[28, 28], [784]],
  [
    [1, 28, 28],
    [28, 28, 1],
  ],
  [[3072], [32, 32, 3]],
  [[], [1]],
])('%j is read as %j', (given, wanted) => {
  expect(readsAs(given, wanted)).toEqual(wanted);
});

test.each([
  [
    [3, 32, 32],
    [32, 32, 3],
  ],
  [
    [14, 56],
    [28, 28, 1],
  ],
  [
    [27, 28],
    [28, 28, 1],
  ],
  [
    [56, 14, 1],
    [28, 28, 1],
  ],
])('%j is not read as %j', (given, wanted) => {
  expect(readsAs(given, wanted)).toBeUndefined();
});

test('open lengths take any, of as many axes', () => {
  expect(readsAs([100], [null])).toEqual([100]);
  expect(readsAs([64, 48, 3], [null, null, 3])).toEqual([64, 48, 3]);
  expect(readsAs([64, 48, 1], [null, null, 3])).toBeUndefined();
  expect(readsAs([64, 48], [null, null, 1])).toBeUndefined();
});
