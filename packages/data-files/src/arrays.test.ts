import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { npyFile } from '@fuseinit/test-inputs/array-files';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { expect, test } from 'vitest';
import { readIdx, readNpy } from './arrays.js';
import { madeFile } from './testing-support/files.test-support.js';

const bytesOf = (name: string) => readFileSync(madeFile(name));
const ascending = Array.from({ length: 24 }, (_, index) => index);

test.each([
  ['version-1.npy', 'float32'],
  ['version-2.npy', 'float32'],
  ['version-3.npy', 'float32'],
  ['big-endian.npy', 'float64'],
])('%s is read from memory', (name, type) => {
  const { shape, dtype, values } = readNpy(name, bytesOf(name));
  expect([shape, dtype, [...values]]).toEqual([[4, 3, 2], type, ascending]);
});

test('idx files are read from memory, bytes and floats', () => {
  const { shape, dtype, values } = readIdx('images', gunzipSync(bytesOf('images-idx3-ubyte.gz')));
  expect([shape, dtype, [...values]]).toEqual([[4, 3, 2], 'uint8', ascending.map((value) => value * 10)]);
  const floats = readIdx('floats', bytesOf('floats.idx'));
  expect([floats.dtype, [...floats.values]]).toEqual(['float32', ascending.map((value) => value - 0.5)]);
});

test('bytes that lie at an odd place of a larger buffer are read', () => {
  const file = npyFile(Float32Array.of(1, 2.5, -3), [3]);
  const shifted = Buffer.concat([Buffer.of(7), file]).subarray(1);
  expect([...readNpy('x.npy', shifted).values]).toEqual([1, 2.5, -3]);
});

test.each([
  ['another file', () => readNpy('x', Buffer.alloc(20)), /x doesn't begin as a \.npy file/],
  ['a cut header', () => readNpy('x', bytesOf('version-1.npy').subarray(0, 30)), /ends within its header/],
  [
    'too few numbers',
    () => readNpy('x', bytesOf('version-1.npy').subarray(0, -1)),
    /has 223 bytes: 224 were/,
  ],
  ['objects', () => readNpy('x', bytesOf('object.npy')), /holds elements of type '\|O'/],
  ['Fortran order', () => readNpy('x', bytesOf('fortran.npy')), /ascontiguousarray/],
  ['an idx file cut short', () => readIdx('x', bytesOf('images-idx3-ubyte').subarray(0, 9)), /cut short/],
  ['a .npy as idx', () => readIdx('x', bytesOf('version-1.npy')), /doesn't begin as an idx file/],
])('%s is refused', async (_, read, words) => {
  const { code, message } = await refusalOf(read);
  expect([code, message]).toEqual(['DATA_FILE_INVALID', expect.stringMatching(words)]);
});
