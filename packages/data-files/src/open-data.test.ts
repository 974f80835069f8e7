import { readFile, rename, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { npyFile } from '@fuseinit/test-inputs/array-files';
import { fileWith, folderWith } from '@fuseinit/test-inputs/folders';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { expect, test } from 'vitest';
import { type DataOptions, openData } from './open-data.js';
import { madeFile } from './testing-support/files.test-support.js';
import { openForTest, readAll } from './testing-support/read-all.test-support.js';
import { npyHead } from './testing-support/zip64.test-support.js';

const formats = ['version-1.npy', 'images-idx3-ubyte.gz', 'one-array.npz'];

test.each(formats)('%s can be passed over again, and by two at once', async (name) => {
  const data = await openForTest(madeFile(name));
  const batches = data.batches(2);
  const shapes = async () => {
    const seen: number[] = [];
    for await (const { shape } of batches) seen.push(shape[0]!);
    return seen;
  };
  expect(await Promise.all([shapes(), shapes()])).toEqual([
    [2, 2],
    [2, 2],
  ]);
  expect(await shapes()).toEqual([2, 2]);
  // Such as asks for `next` itself can be passed over once only: calibration would keep all of it in memory.
  expect('next' in batches).toBe(false);
});

test.each(formats)('a range of %s is the same as what lies there', async (name) => {
  const data = await openForTest(madeFile(name));
  const { values } = await readAll(data, 4);
  for (let first = 0; first <= 4; first++) {
    for (let end = first; end <= 4; end++) {
      for (const size of [1, 3, 10]) {
        const part = await readAll(data, size, { first, end });
        expect(part.values).toEqual(values.slice(first * 6, end * 6));
        expect(part.shapes.length).toBe(Math.ceil((end - first) / size));
      }
    }
  }
});

const arrays = {
  'a .npy': () => fileWith('x.npy', npyFile(counted, [60, 1000])),
  'a packed .npy': () => fileWith('x.npy.gz', gzipSync(npyFile(counted, [60, 1000]))),
  'a table': () =>
    fileWith('x.csv', Array.from({ length: 60 }, (_, row) => `${[row, row + 0.5]}\n`).join('')),
};
/** 4,000 bytes a sample, so that some gaps between indices are read and others skipped. */
const counted = Float32Array.from({ length: 60_000 }, (_, index) => index);

test.each(Object.entries(arrays))(
  'the samples of indices of %s are those that lie there',
  async (_, made) => {
    const data = await openForTest(made());
    const { values } = await readAll(data, 60);
    const length = values.length / 60;
    for (const indices of [
      [],
      [0],
      [59],
      [3, 4, 5, 9, 40, 41, 58],
      Array.from({ length: 60 }, (_, at) => at),
    ]) {
      const expected = indices.flatMap((index) => values.slice(index * length, (index + 1) * length));
      for (const size of [1, 4, 500]) {
        const chosen = await readAll(data, size, { indices });
        expect(chosen.values).toEqual(expected);
        expect(chosen.shapes.map(([samples]) => samples)).toEqual(
          Array.from({ length: Math.ceil(indices.length / size) }, (_, at) =>
            Math.min(size, indices.length - at * size),
          ),
        );
      }
    }
  },
);

test('of images, no others than those of the indices are decoded', async () => {
  const grey = await readFile(madeFile('grey.png'));
  // The header alone is whole, which is all that opening looks at.
  const damaged = grey.subarray(0, grey.length - 20);
  const data = await openForTest(folderWith({ '1.png': damaged, '2.png': grey, '3.png': grey }));
  expect((await readAll(data, 5, { indices: [1, 2] })).shapes).toEqual([[2, 2, 2, 1]]);
  expect(await refusalOf(() => readAll(data, 5))).toMatchObject({ code: 'DATA_FILE_INVALID' });
});

test('what is no finite number of float32 is refused, with its sample', async () => {
  // Of backends of TensorFlow.js, some make 0 of NaN in a relu, so that no output would tell.
  for (const odd of [Number.NaN, Number.NEGATIVE_INFINITY, 1e300]) {
    const values = Float64Array.of(1, 2, 3, 4, 5, odd);
    const path = fileWith('x.npy', Buffer.concat([npyHead([3, 2], '<f8'), Buffer.from(values.buffer)]));
    const data = await openForTest(path);
    expect((await readAll(data, 3, { end: 2 })).values).toEqual([1, 2, 3, 4]);
    for (const range of [{}, { first: 1 }, { indices: [0, 2] }]) {
      const { code, message } = await refusalOf(() => readAll(data, 1, range));
      expect([code, message]).toEqual([
        'DATA_FILE_INVALID',
        expect.stringContaining(`has ${odd} in sample 2, counted from 0`),
      ]);
    }
  }
});

test('a size or a range that cannot be is refused', async () => {
  const data = await openForTest(madeFile('version-1.npy'));
  for (const [size, range, words] of [
    [0, {}, /size of batches is 0/],
    [1.5, {}, /size of batches is 1\.5/],
    [1, { first: -1 }, /Samples -1 to before 4/],
    [1, { end: 5 }, /whole numbers from 0 to 4/],
    [1, { first: 3, end: 2 }, /the first not after the end/],
    [1, { first: Number.NaN }, /Samples NaN/],
    [1, { indices: [1, 4] }, /Index 4 came after 1: whole numbers from 0 to 3/],
    [1, { indices: [2, 2] }, /Index 2 came after 2.*larger than the one before/],
    [1, { indices: [0.5] }, /Index 0\.5 came:/],
    [1, { indices: [-1] }, /Index -1 came/],
    [1, { first: 1, indices: [1] }, /Both indices and a range/],
  ] as const) {
    const { code, message } = await refusalOf(() => data.batches(size, range));
    expect([code, message]).toEqual(['ARGUMENT_INVALID', expect.stringMatching(words)]);
  }
});

test.each([...formats, 'table', 'images'])('%s: a signal stops the reading', async (name) => {
  const paths: Record<string, () => string | Promise<string>> = {
    table: () => fileWith('x.csv', '1,2\n3,4\n5,6\n'),
    images: async () => {
      const grey = await readFile(madeFile('grey.png'));
      return folderWith({ '1.png': grey, '2.png': grey, '3.png': grey });
    },
  };
  const data = await openForTest((await paths[name]?.()) ?? madeFile(name));
  const controller = new AbortController();
  const { code, cause } = await refusalOf(async () => {
    for await (const _ of data.batches(1, { signal: controller.signal })) controller.abort('enough');
  });
  expect([code, cause]).toEqual(['ABORTED', 'enough']);
});

test('after close, nothing can be read; closing again is allowed', async () => {
  const data = await openData(madeFile('version-1.npy'));
  await data.close();
  await data.close();
  expect(await refusalOf(() => data.batches(1))).toMatchObject({
    code: 'ARGUMENT_INVALID',
    message: expect.stringContaining('was closed'),
  });
});

test('another file put in the place of one that is open changes nothing', async () => {
  const path = fileWith('x.csv', '1\n2\n');
  const data = await openForTest(path);
  await writeFile(`${path}.new`, '3\n');
  await rename(`${path}.new`, path);
  expect((await readAll(data, 2)).values).toEqual([1, 2]);
});

test('a file that is written to while open is refused', async () => {
  const path = fileWith('x.csv', '1\n2\n');
  const data = await openForTest(path);
  await writeFile(path, '1\n');
  expect(await refusalOf(() => readAll(data, 2))).toMatchObject({
    code: 'DATA_FILE_INVALID',
    message: expect.stringContaining('ends before row 2: it was changed'),
  });
});

test.each<[string, DataOptions, RegExp]>([
  ['version-1.npy', { array: 'x' }, /"array" was given, which is about a \.npz: .*version-1\.npy is none/],
  ['version-1.npy', { labelColumn: 1 }, /"labelColumn" was given, which is about a table/],
  ['one-array.npz', { columns: [0] }, /"columns" was given, which is about a table/],
  ['images-idx3-ubyte', { resize: [2, 2] }, /"resize" was given, which is about a folder of images/],
  [
    'version-1.npy',
    { sampleShape: [7] },
    /sampleShape is \[7\], of 7 numbers: a sample of .* is \[3, 2\], of 6/,
  ],
  ['version-1.npy', { sampleShape: [-6] }, /whole numbers of at least 1/],
  ['version-1.npy', { pixels: 'percent' as 'unit' }, /"pixels" is "percent": one of unit, symmetric, raw/],
])('%s with %j is refused', async (name, options, words) => {
  const { code, message } = await refusalOf(() => openData(madeFile(name), options));
  expect([code, message]).toEqual(['ARGUMENT_INVALID', expect.stringMatching(words)]);
});

test('messages call options as a program does', async () => {
  const optionName = (option: string) => `--${option.toLowerCase()}`;
  for (const [name, options, words] of [
    ['version-1.npy', { labelColumn: 1 }, /--labelcolumn was given/],
    ['types.npz', {}, /Name one of them as --array\.$/],
    ['version-1.npy', { pixels: 'percent' }, /--pixels is "percent"/],
  ] as const) {
    const asked = { ...options, optionName } as DataOptions;
    expect((await refusalOf(() => openData(madeFile(name), asked))).message).toMatch(words);
  }
});

test('the same samples are taken as something else', async () => {
  const data = await openForTest(madeFile('one-array.npz'), { pixels: 'raw' });
  expect(data).toMatchObject({ dtype: 'uint8', holds: 'bytes', pixels: 'raw', order: 'in file order' });
  const as = data.as({ pixels: 'symmetric', sampleShape: [3, 2] });
  expect(as.sampleShape).toEqual([3, 2]);
  expect((await readAll(as, 1, { first: 1, end: 2 })).values).toEqual(
    [6, 7, 8, 9, 10, 11].map((value) => Math.fround(value * (2 / 255) - 1)),
  );
  expect((await refusalOf(() => data.as({ sampleShape: [7] }))).code).toBe('ARGUMENT_INVALID');
});

test('an empty path is refused', async () => {
  expect((await refusalOf(() => openData(''))).code).toBe('ARGUMENT_INVALID');
});
