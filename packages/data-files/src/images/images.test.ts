import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pillowImage } from '@fuseinit/test-inputs/fixtures';
import { folderWith } from '@fuseinit/test-inputs/folders';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { type DataOptions, openData } from '../open-data.js';
import { madeFile } from '../testing-support/files.test-support.js';
import { openForTest, readAll, valuesOf } from '../testing-support/read-all.test-support.js';

const raw = { pixels: 'raw' } as const;

const colourPixels = [255, 0, 0, 0, 255, 0, 0, 0, 255, 51, 102, 153];

const made = (name: string) => readFile(madeFile(name));

/** An image of one colour. */
function plain(red: number, height = 2, width = 2) {
  return sharp({ create: { width, height, channels: 3, background: { r: red, g: 0, b: 0 } } });
}

function greyPng(values: number[], height: number, width: number): Promise<Buffer> {
  const pixels = Uint8Array.from(values);
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
}

async function refused(folder: string, options?: DataOptions): Promise<string> {
  const { code, message } = await refusalOf(() => openData(folder, options));
  return `${code}: ${message}`;
}

test('images come by path, those in folders below too', async () => {
  const files = Object.fromEntries(
    await Promise.all(
      ['b/2.png', 'a.png', 'b/10.png', 'B/1.PNG', 'b.png', 'b/c/d.png'].map(
        async (name, index) => [name, await plain(index, 1, 1).png().toBuffer()] as const,
      ),
    ),
  );
  const data = await openForTest(folderWith({ ...files, 'notes.txt': 'x', 'b/.hidden.png': 'x' }), raw);
  expect(data.count).toBe(6);
  // B/1.PNG, a.png, b.png, b/10.png, b/2.png, b/c/d.png: a dot is before a slash, and capitals before both.
  const { values, shapes } = await readAll(data, 4);
  expect(values.filter((_, index) => index % 3 === 0)).toEqual([3, 1, 4, 2, 0, 5]);
  expect(shapes).toEqual([
    [4, 1, 1, 3],
    [2, 1, 1, 3],
  ]);
  const range = await readAll(data, 1, { first: 1, end: 3 });
  expect(range.values.filter((_, index) => index % 3 === 0)).toEqual([1, 4]);
});

test('pixels are what the file has, from 0 to 1 unless told', async () => {
  const folder = folderWith({ 'x.png': await made('colour.png') });
  const data = await openForTest(folder);
  expect(data.description).toMatch(
    /^fuseinit-test-\w+: 1 samples of \[2, 2, 3\], colour images, pixels from 0 to 1$/,
  );
  expect((await readAll(data, 1)).values).toEqual([
    ...Float32Array.from(colourPixels, (value) => value / 255),
  ]);
  expect(await valuesOf(folder, raw)).toEqual(colourPixels);
  // 0.299, 0.587 and 0.114 of red, green and blue.
  expect(await valuesOf(folder, { ...raw, channels: 1 })).toEqual([76, 150, 29, 93]);
});

const pillow = JSON.parse(await readFile(pillowImage('expected.json'), 'utf8')) as Record<
  string,
  Record<string, number[]> & { readonly height: number; readonly width: number }
>;

describe.each(Object.keys(pillow).filter((name) => name.includes('.')))('%s', (name) => {
  test.each([1, 3, 4] as const)('has the pixels that Pillow reads, in %i channels', async (channels) => {
    const folder = folderWith({ [name]: await readFile(pillowImage(name)) });
    const data = await openForTest(folder, { ...raw, channels });
    const { height, width } = pillow[name]!;
    expect(data.sampleShape).toEqual([height, width, channels]);
    expect((await readAll(data, 1)).values).toEqual(pillow[name]![channels]);
  });
});

test('interlaced images are those without', async () => {
  const png = sharp(pillowImage('gamma.png'));
  const folder = folderWith({ 'x.png': await png.png({ progressive: true }).toBuffer() });
  expect(await valuesOf(folder, raw)).toEqual(pillow['gamma.png']![3]);
});

test('of 16 bits the upper 8 are read; grey stays grey or becomes three alike', async () => {
  for (const name of ['grey.png', 'grey-16-bits.png']) {
    const folder = folderWith({ 'x.png': await made(name) });
    const data = await openForTest(folder, raw);
    expect(data.description).toContain('1 samples of [2, 2, 1], grey images');
    expect((await readAll(data, 1)).values).toEqual([0, 51, 102, 255]);
    expect(await valuesOf(folder, { ...raw, channels: 3 })).toEqual(
      [0, 51, 102, 255].flatMap((v) => [v, v, v]),
    );
  }
  const mixed = folderWith({ 'a.png': await made('colour.png'), 'b.png': await made('grey.png') });
  expect((await openForTest(mixed)).sampleShape).toEqual([2, 2, 3]);
});

test('JPEG is read, and is not turned by what the camera noted', async () => {
  const turned = await plain(200, 2, 4).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  const data = await openForTest(folderWith({ 'a.jpg': turned, 'b.JPEG': turned }), raw);
  expect([data.count, data.sampleShape]).toEqual([2, [2, 4, 3]]);
  const { values } = await readAll(data, 2);
  // What JPEG loses of one colour.
  expect(Math.abs(values[0]! - 200)).toBeLessThan(3);
});

test('images of different sizes are brought to one, if that is asked for', async () => {
  const folder = folderWith({ 'a.png': await made('grey.png'), 'b.png': await made('wide.png') });
  expect(await refused(folder)).toMatch(
    /^DATA_FILE_INVALID: .* different sizes: a\.png is 2x2, b\.png is 1x4\. Give the size .*"resize"/,
  );
  const data = await openForTest(folder, { ...raw, resize: [1, 2] });
  expect(data.description).toContain('2 samples of [1, 2, 1], grey images, resized to 1x2 (bilinear)');
  const { values } = await readAll(data, 2);
  // Halfway between the two rows; then, of the four pixels, halfway between the first two and the last two.
  expect(values).toEqual([51, 153, 32, 191.5]);
});

test('resizing is that of tf.image.resize, without and with antialiasing, and nearest', async () => {
  const row = folderWith({ 'x.png': await greyPng([0, 100], 1, 2) });
  expect(await valuesOf(row, { ...raw, resize: [2, 4] })).toEqual([0, 25, 75, 100, 0, 25, 75, 100]);
  expect(await valuesOf(row, { ...raw, resize: [1, 3], interpolation: 'nearest' })).toEqual([0, 100, 100]);
  // In float32, as TensorFlow computes, 20.5 * (2 / 41) is a little less than 1; in float64 it is 1.
  const halves = await valuesOf(row, { ...raw, resize: [1, 41], interpolation: 'nearest' });
  expect(halves.lastIndexOf(0)).toBe(20);
  // By hand from the formula of tf.image.resize: centres at 1 and 4 of six pixels, weights 1 - |distance| /
  // 3.
  const ramp = folderWith({ 'x.png': await greyPng([0, 10, 60, 90, 200, 250], 1, 6) });
  expect(await valuesOf(ramp, { ...raw, resize: [1, 2] })).toEqual([10, 200]);
  const [left, right] = await valuesOf(ramp, { ...raw, resize: [1, 2], interpolation: 'antialiased' });
  const weights = [1 / 3, 2 / 3, 1, 2 / 3, 1 / 3];
  const mean = (values: number[], own: number[]) =>
    values.reduce((sum, value, index) => sum + value * own[index]!, 0) / own.reduce((sum, one) => sum + one);
  expect(left).toBeCloseTo(mean([0, 10, 60, 90], weights.slice(1)), 4);
  expect(right).toBeCloseTo(mean([60, 90, 200, 250], weights.slice(0, 4)), 4);
  // Pillow rounds after either axis.
  const colour = folderWith({ 'x.png': await readFile(pillowImage('gamma.png')) });
  const shrunk = await valuesOf(colour, { ...raw, resize: [4, 3], interpolation: 'antialiased' });
  for (const [index, expected] of pillow.resized!['antialiased 4x3']!.entries()) {
    expect(Math.abs(shrunk[index]! - expected)).toBeLessThanOrEqual(1);
  }
  expect(await valuesOf(colour, { ...raw, resize: [4, 7], interpolation: 'nearest' })).toEqual(
    pillow.resized!['nearest 4x7'],
  );
});

test('what is transparent keeps its colour when images are resized', async () => {
  const clear = sharp({
    create: { width: 4, height: 4, channels: 4, background: { r: 9, g: 99, b: 199, alpha: 0 } },
  });
  const folder = folderWith({ 'x.png': await clear.png().toBuffer() });
  const pixels = await valuesOf(folder, { ...raw, resize: [3, 3] });
  expect(pixels).toEqual(Array.from({ length: 9 }, () => [9, 99, 199]).flat());
});

test('numbers in paths count when that is asked for; others are by code point, as in Python', async () => {
  const names = ['10.png', '9.png', 'a2/1.png', 'a10/1.png', '\u{1f600}.png', '\uff21.png'];
  const files = await Promise.all(
    names.map(async (name) => [name, await plain(0).png().toBuffer()] as const),
  );
  const folder = folderWith(Object.fromEntries(files));
  expect((await openForTest(folder)).sampleNames).toEqual([
    ...['10.png', '9.png', 'a10/1.png', 'a2/1.png', '\uff21.png', '\u{1f600}.png'],
  ]);
  const { sampleNames, order } = await openForTest(folder, { order: 'numeric' });
  expect(sampleNames).toEqual([
    ...['9.png', '10.png', 'a2/1.png', 'a10/1.png', '\uff21.png', '\u{1f600}.png'],
  ]);
  expect(order).toBe('by the numbers in their paths');
});

test('files that are not read are counted and named', async () => {
  const grey = await made('grey.png');
  const folder = folderWith({
    'a.png': grey,
    'b.webp': 'x',
    'c/d.gif': 'x',
    '._a.png': 'x',
    'n.txt': '',
  });
  const { description, unread } = await openForTest(folder);
  expect(unread).toEqual(['._a.png', 'b.webp', 'c/d.gif', 'n.txt']);
  expect(description).toContain(', 4 not images left out (._a.png, b.webp, c/d.gif, ...)');
});

test('a broken image is refused by its name, or left out and counted', async () => {
  const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, index) => (index * index * 7919) >> 5);
  const whole = sharp(noise, { raw: { width: 64, height: 64, channels: 3 } });
  const png = await whole.clone().png().toBuffer();
  const jpeg = await whole.clone().jpeg().toBuffer();
  const good = { '0.png': png, '9.jpg': jpeg };
  for (const [name, content] of [
    ['cut.png', png.subarray(0, png.length / 2)],
    ['cut.jpg', jpeg.subarray(0, jpeg.length / 2)],
    ['empty.png', Buffer.alloc(0)],
    ['text.png', Buffer.from('no image at all')],
    ['drawing.png', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>')],
  ] as const) {
    const folder = folderWith({ ...good, [`sub/${name}`]: content });
    const { code, message } = await refusalOf(() => valuesOf(folder));
    expect([code, message]).toEqual([
      'DATA_FILE_INVALID',
      expect.stringContaining(join(folder, 'sub', name)),
    ]);
    const data = await openForTest(folder, { skipUnreadable: true });
    expect(data.description).toContain('2 samples of [64, 64, 3], colour images, 1 unreadable left out (');
    expect((await readAll(data, 5)).shapes).toEqual([[2, 64, 64, 3]]);
  }
  const none = folderWith({ 'a.png': 'x', 'b.png': 'y' });
  expect(await refused(none, { skipUnreadable: true })).toMatch(
    /^DATA_FILE_INVALID: .*2 images, none of which/,
  );
});

test('a folder without images is refused', async () => {
  expect(await refused(folderWith({}))).toMatch(/^DATA_FILE_INVALID: .* holds no images: \.png, \.jpg/);
  expect(await refused(folderWith({ 'a.gif': 'x', 'b/c.txt': 'y' }))).toMatch(/2 other files are there/);
});

test('links are followed, but never in circles', async () => {
  const folder = folderWith({ 'a/1.png': await made('grey.png'), 'b/2.png': await made('grey.png') });
  await symlink('../b/2.png', join(folder, 'a/3.png'));
  await symlink('..', join(folder, 'a/up'));
  await symlink('.', join(folder, 'here'));
  await symlink('itself', join(folder, 'itself'));
  await symlink('b', join(folder, 'c'));
  // a/1, a/3, b/2 and c/2.
  expect((await openForTest(folder)).count).toBe(4);
  await symlink('nowhere', join(folder, 'dead.png'));
  expect(await refused(folder)).toMatch(/^DATA_FILE_INVALID: .*dead\.png can't be read/);
});

test.each([
  [{ resize: [0, 2] }, /"resize" is \[0, 2\]/],
  [{ resize: [2.5, 2] }, /"resize" is \[2\.5, 2\]/],
  [{ channels: 2 }, /"channels" is 2: one of 1, 3, 4/],
])('%j is refused', async (options, words) => {
  const folder = folderWith({ 'a.png': await made('grey.png') });
  expect(await refused(folder, options as DataOptions)).toMatch(words);
});
