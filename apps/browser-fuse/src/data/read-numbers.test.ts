import type { InputReading } from '@fuseinit/tfjs/internal';
import { describe, expect, test } from 'vitest';
import { readNumbers, type StoredSamples } from './read-numbers.js';

const bytes = (...values: number[]): StoredSamples => ({
  values: Float32Array.from(values),
  shape: [2, values.length / 2],
  holds: 'bytes',
  kind: 'numbers of uint8',
});
const floats = (...values: number[]): StoredSamples => ({
  ...bytes(...values),
  holds: 'numbers',
  kind: 'numbers of float32',
});

const pixels: InputReading = { kind: 'pixels' };
const words: InputReading = { kind: 'indices', layerName: 'words', count: 200 };
const rescaled: InputReading = {
  kind: 'scaled',
  layerName: 'rescaling',
  className: 'Rescaling',
  range: 'raw',
};

describe('numbers become what the network reads', () => {
  test('bytes before a network of images are pixels from 0 to 1', () => {
    const { values, read, readWarnings } = readNumbers(bytes(0, 51, 204, 255), pixels, null);
    expect([...values]).toEqual([...Float32Array.of(0, 0.2, 0.8, 1)]);
    expect(read).toBe('numbers of uint8, pixels from 0 to 1 (usual for images of bytes), values 0 to 1');
    expect(readWarnings).toEqual([]);
  });

  test.each([
    [words, 'words reads indices'],
    [rescaled, 'what rescaling (Rescaling) scales from'],
  ])('bytes stay as they are before %j', (reading, reason) => {
    const { values, read, readWarnings } = readNumbers(bytes(3, 7, 120, 199), reading, null);
    expect([...values]).toEqual([3, 7, 120, 199]);
    expect(read).toContain(reason);
    expect(readWarnings).toEqual([]);
  });

  test('other numbers are never scaled, though pixels were chosen to be', () => {
    const { values, read } = readNumbers(floats(-3, 0.5, 2, 1000), pixels, 'unit');
    expect([...values]).toEqual([-3, 0.5, 2, 1000]);
    expect(read).toBe('numbers of float32, taken as they are, values -3 to 1000');
  });
});

test('what contradicts the network is a warning that says what to choose', () => {
  expect(readNumbers(bytes(3, 7, 120, 199), words, 'unit').readWarnings).toEqual([
    'words reads indices, which scaling makes fractions: let pixels become 0 to 255.',
  ]);
  expect(readNumbers(bytes(0, 7, 120, 255), words, null).readWarnings).toEqual([
    'words reads whole numbers from 0 to 199; the data hold 0 to 255.',
  ]);
  expect(readNumbers(floats(0, 0.5, 0.2, 1), rescaled, null).readWarnings[0]).toMatch(
    /scales pixels from 0 to 255 itself, and the data hold 0 to 1/,
  );
});

test('bytes that may be no pixels are refused until somebody chooses', () => {
  const reading: InputReading = { kind: 'numbers' };
  expect(() => readNumbers({ ...bytes(0, 9, 80, 255), shape: [4] }, reading, null)).toThrow(
    expect.objectContaining({
      code: 'CALIBRATION_DATA_UNSUPPORTED',
      message: expect.stringMatching(/may be pixels .* or other numbers.*Choose/),
    }),
  );
  expect([...readNumbers({ ...bytes(0, 9), shape: [2] }, reading, 'raw').values]).toEqual([0, 9]);
});
