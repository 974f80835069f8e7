import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fileWith, folderWith } from '@fuseinit/test-inputs/folders';
import { expect, test } from 'vitest';
import { madeFile } from '../testing-support/files.test-support.js';
import { openForTest, readAll, valuesOf } from '../testing-support/read-all.test-support.js';

const ascending = Array.from({ length: 24 }, (_, index) => index);

test.each(['version-1.npy', 'version-2.npy', 'version-3.npy', 'big-endian.npy'])(
  '%s is read',
  async (name) => {
    const data = await openForTest(madeFile(name));
    const type = name === 'big-endian.npy' ? 'float64' : 'float32';
    expect(data.description).toBe(`${name}: 4 samples of [3, 2], ${type}`);
    expect([data.count, data.sampleShape]).toEqual([4, [3, 2]]);
    expect(await readAll(data, 3)).toEqual({
      values: ascending,
      shapes: [
        [3, 3, 2],
        [1, 3, 2],
      ],
    });
  },
);

test.each(['int8', 'int16', 'int32', 'int64', 'float32', 'float64'])('negative %s is read', async (array) => {
  expect(await valuesOf(madeFile('types.npz'), { array })).toEqual([0, 1, -3, 100]);
});

test.each(['uint8', 'uint16', 'uint32', 'uint64'])('%s is read', async (array) => {
  const data = await openForTest(madeFile('types.npz'), { array, pixels: 'raw' });
  expect(data.description).toBe(
    `types.npz, array "${array}": 2 samples of [2], ${array}${array === 'uint8' ? ', as stored' : ''}`,
  );
  expect((await readAll(data, 2)).values).toEqual([0, 1, 3, 100]);
});

test('truth values are 0 and 1', async () => {
  expect(await valuesOf(madeFile('types.npz'), { array: 'bool' })).toEqual([0, 1, 1, 0]);
});

test('a packed array of a .npz is read, and the only one needs no name', async () => {
  const packed = await openForTest(madeFile('packed.npz'), { array: 'x', sampleShape: [6] });
  expect(packed.description).toBe('packed.npz, array "x": 4 samples of [6], uint8, pixels from 0 to 1');
  const scaled = Float32Array.from(ascending, (value) => value / 255);
  expect((await readAll(packed, 3)).values).toEqual([...scaled]);
  expect((await readAll(packed, 1, { first: 2, end: 3 })).values).toEqual([...scaled.subarray(12, 18)]);
  expect(await valuesOf(madeFile('one-array.npz'), { pixels: 'raw' })).toEqual(ascending);
});

test.each(['images-idx3-ubyte', 'images-idx3-ubyte.gz'])('%s has pixels from 0 to 1', async (name) => {
  const data = await openForTest(madeFile(name), { sampleShape: [3, 2, 1] });
  expect(data.description).toBe(`${name}: 4 samples of [3, 2, 1], uint8, pixels from 0 to 1`);
  const scaled = Float32Array.from(ascending, (value) => (value * 10) / 255);
  expect(await readAll(data, 3)).toEqual({
    values: [...scaled],
    shapes: [
      [3, 3, 2, 1],
      [1, 3, 2, 1],
    ],
  });
  expect((await readAll(data, 5, { first: 3 })).values).toEqual([...scaled.subarray(18)]);
});

test('pixels are scaled as asked; numbers that are no pixels are left alone', async () => {
  const symmetric = await valuesOf(madeFile('images-idx3-ubyte'), { pixels: 'symmetric' });
  symmetric.forEach((value, index) => {
    // One rounding of float32.
    expect(value).toBeCloseTo((index * 10) / 127.5 - 1, 6);
  });
  const raw = await valuesOf(madeFile('images-idx3-ubyte'), { pixels: 'raw' });
  expect(raw).toEqual(ascending.map((value) => value * 10));
  expect(await valuesOf(madeFile('floats.idx'))).toEqual(ascending.map((value) => value - 0.5));
});

test('other files may be packed by gzip, too', async () => {
  const folder = folderWith({
    'x.npy.gz': gzipSync(await readFile(madeFile('version-1.npy'))),
    'x.csv.gz': gzipSync('a,b\n1,2\n'),
  });
  expect(await valuesOf(join(folder, 'x.npy.gz'))).toEqual(ascending);
  expect(await valuesOf(join(folder, 'x.csv.gz'))).toEqual([1, 2]);
});

test('the beginning of a file tells its format, whatever its name', async () => {
  const path = fileWith('array.bin', await readFile(madeFile('version-1.npy')));
  expect(await valuesOf(path)).toEqual(ascending);
});
