import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fileWith, folderWith } from '@fuseinit/test-inputs/folders';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { expect, test } from 'vitest';
import { type DataOptions, openData } from '../open-data.js';
import { cutFile, madeFile } from '../testing-support/files.test-support.js';
import { openForTest, readAll } from '../testing-support/read-all.test-support.js';

async function invalidFile(path: string, options?: DataOptions): Promise<string> {
  const { code, message } = await refusalOf(() => openData(path, options));
  expect(code).toBe('DATA_FILE_INVALID');
  expect(message.startsWith(path)).toBe(true);
  return message.slice(path.length).replace(/^,? /, '');
}

test.each([
  ['fortran.npy', /Fortran order.*C order was expected.*numpy\.ascontiguousarray/],
  ['object.npy', /elements of type '\|O': bool, uint8.* can be read.*astype/],
  ['float16.npy', /type '<f2'/],
  ['text.npy', /type '<U3'/],
  ['structured.npy', /type \[\('a', '<i4'\)/],
  ['scalar.npy', /no samples: its shape is \[\]/],
  ['no-samples.npy', /no samples: its shape is \[0, 3\]/],
  ['no-arrays.npz', /without a \.npy in it/],
  ['empty.npz', /without a \.npy in it/],
  ['climbing.npz', /can't be read as \.npz: invalid relative path: \.\.\/\.\.\/escaped\.npy/],
  ['packed.npz', /holds 2 arrays: "x", "y"\. Name one of them as "array"/],
])('%s is refused with what to do', async (name, words) => {
  expect(await invalidFile(madeFile(name))).toMatch(words);
});

test('an array that a .npz lacks is refused with those it has', async () => {
  expect(await invalidFile(madeFile('packed.npz'), { array: 'z' })).toBe(
    'holds no array "z". It has "x", "y".',
  );
});

test('a way of packing that nobody else uses is refused', async () => {
  expect(await invalidFile(madeFile('bzip2.npz'))).toMatch(
    /^array "x" can't be read: unsupported compression method: 12\. Save it again/,
  );
});

test('nothing in a zip is ever written', async () => {
  const folder = folderWith({ 'a/b/climbing.npz': await readFile(madeFile('climbing.npz')) });
  await refusalOf(() => openData(join(folder, 'a/b/climbing.npz')));
  expect(await readdir(folder, { recursive: true })).toEqual(['a', 'a/b', 'a/b/climbing.npz']);
});

test.each([
  ['version-1.npy', 8, /begins? as a \.npy file does/],
  ['version-1.npy', 60, /ends within its header: it is cut short/],
  ['version-1.npy', -1, /has 223 bytes: 224 were expected for \[4, 3, 2\] of float32; it is cut short/],
  ['images-idx3-ubyte', 10, /has 10 bytes: the header alone has 16; it is cut short/],
  ['images-idx3-ubyte', -1, /has 39 bytes: 40 were expected for \[4, 3, 2\] of uint8; it is cut short/],
  ['images-idx3-ubyte.gz', 20, /can't be unpacked after \d+ bytes: unexpected end of file/],
  ['types.npz', -1, /can't be read as \.npz: .*It is cut short or damaged/],
  ['types.npz', 500, /can't be read as \.npz: .*It is cut short or damaged/],
])('%s cut to %d bytes is refused when opened', async (name, bytes, words) => {
  expect(await invalidFile(await cutFile(name, bytes))).toMatch(words);
});

test('a gzip file cut short where its size is not known is refused when read', async () => {
  const content = await readFile(madeFile('images-idx3-ubyte'));
  const noise = Buffer.from(Array.from({ length: 90_000 }, (_, index) => (index * index * 7919) >> 3));
  const idx = Buffer.concat([
    content.subarray(0, 4),
    Buffer.from([0, 0, 0, 90, 0, 0, 0, 100, 0, 0, 0, 10]),
    noise,
  ]);
  const whole = gzipSync(idx);
  const cut = await openForTest(fileWith('cut.gz', whole.subarray(0, whole.length - 1000)));
  expect((await refusalOf(() => readAll(cut, 10))).message).toMatch(
    /cut\.gz can't be unpacked after \d+ bytes/,
  );
  const short = await openForTest(fileWith('short.gz', gzipSync(idx.subarray(0, -1))));
  expect((await readAll(short, 10, { end: 89 })).shapes).toHaveLength(9);
  expect((await refusalOf(() => readAll(short, 10))).message).toMatch(/ends before sample 90 of 90/);
});

test('a damaged array in a .npz is refused', async () => {
  const content = await readFile(madeFile('packed.npz'));
  const damaged = Buffer.from(content);
  // The entry's header of 30 bytes, its name of 5 and 20 more of sizes come before the packed bytes.
  damaged.fill(0xff, 80, 120);
  const path = fileWith('damaged.npz', damaged);
  expect(await invalidFile(path, { array: 'x' })).toMatch(/^array "x" can't be unpacked after \d+ bytes/);
});

test('bytes after an array are refused', async () => {
  const content = await readFile(madeFile('version-1.npy'));
  const path = fileWith('longer.npy', Buffer.concat([content, content]));
  expect(await invalidFile(path)).toMatch(/has 448 bytes: 224 were expected.*something follows the array/);
});

test('a version or a header that is not known is refused', async () => {
  const content = await readFile(madeFile('version-1.npy'));
  const changed = (change: (bytes: Buffer) => void) => {
    const bytes = Buffer.from(content);
    change(bytes);
    return fileWith('x.npy', bytes);
  };
  expect(await invalidFile(await changed((bytes) => bytes.fill(9, 6, 7)))).toMatch(
    /version 9.*1 to 3 can be read/,
  );
  expect(await invalidFile(await changed((bytes) => bytes.write('hasle', 13)))).toMatch(
    /which describes no array/,
  );
  expect(await invalidFile(await changed((bytes) => bytes.fill(0xff, 8, 10)))).toMatch(
    /header of 65535 bytes/,
  );
});

test.each([
  [
    'x.npy',
    'not NumPy',
    /begins with the bytes 6e 6f 74 .*no format known here: \.npy, \.npz, idx.*can be read/,
  ],
  ['model.h5', '\x89HDF\r\n\x1a\n', /no format known here/],
  ['cat.png', '\x89PNG\r\n\x1a\n', /Give the folder that the images are in/],
  ['x.npz', 'PK or not', /no format known here/],
  ['images-idx3-ubyte', Buffer.from([0, 0, 9 + 8, 3]), /no format known here/],
])('%s that begins otherwise is refused with the formats known', async (name, content, words) => {
  expect(await invalidFile(fileWith(name, content))).toMatch(words);
});

test('an empty file and a missing one are refused', async () => {
  const path = fileWith('x.npy', '');
  expect(await invalidFile(path)).toMatch(/is an empty file/);
  for (const gone of [join(dirname(path), 'y.npy'), join(path, 'y.npy')]) {
    const { code, message } = await refusalOf(() => openData(gone));
    expect([code, message]).toEqual(['DATA_FILE_MISSING', expect.stringContaining(`${gone} isn't there`)]);
  }
});
