import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { idxFile } from '@fuseinit/test-inputs/array-files';
import { folderWith } from '@fuseinit/test-inputs/folders';
import { expect, test } from 'vitest';
import { sha256Of } from './check/digest.js';
import { fashionMnist, fashionMnistImages } from './fashion-mnist.js';
import { idxDataset, idxImages } from './idx-images.js';
import { idxSet } from './testing-support/idx.test-support.js';
import { refusal } from './testing-support/refusal.test-support.js';

const origin = { title: 'a set', address: 'https://example.org', licence: 'MIT', hint: 'by post' };
const classes = ['a', 'b', 'c'];

function load(files: Readonly<Record<string, Buffer>>) {
  return idxDataset({ path: folderWith(files), origin }, classes, undefined);
}

test('pixels come as shares of 255, in order, with their labels, from the set that the name says', () => {
  const { task, train, test } = load(idxSet());
  expect(task).toEqual({ kind: 'classification', classes });
  expect(train).toEqual({
    inputs: Float32Array.from(
      [0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6].map((byte) => Math.fround(byte) / 255),
    ),
    inputShape: [2, 3, 1],
    targets: Float32Array.of(2, 0),
    count: 2,
  });
  expect(test).toEqual({
    inputs: Float32Array.of(1, 0, 1, 0, 1, 0),
    inputShape: [2, 3, 1],
    targets: Float32Array.of(1),
    count: 1,
  });
});

test('files may lie there unpacked', () => {
  const unpacked = Object.fromEntries(
    Object.entries(idxSet()).map(([name, content]) => [name.replace('.gz', ''), gunzipSync(content)]),
  );
  expect(load(unpacked)).toEqual(load(idxSet()));
});

test('the bytes of one set come with their shape', () => {
  const { images, shape, labels } = idxImages({ path: folderWith(idxSet()), origin }, 't10k', undefined);
  expect([...images]).toEqual([255, 0, 255, 0, 255, 0]);
  expect(shape).toEqual([1, 2, 3]);
  expect([...labels]).toEqual([1]);
});

test('a label beyond the classes is refused', () => {
  const files = { ...idxSet(), 'train-labels-idx1-ubyte.gz': gzipSync(idxFile([2], [2, 3])) };
  expect(refusal(() => load(files))).toMatch(/^DATA_FILE_INVALID: .*label 3 in train: 0 to 2 were expected/);
});

test('as many labels as images are asked for', () => {
  const files = { ...idxSet(), 'train-labels-idx1-ubyte.gz': gzipSync(idxFile([3], [0, 1, 2])) };
  expect(refusal(() => load(files))).toMatch(/^DATA_FILE_INVALID: .*2 images and 3 labels of train/);
});

test('a digest holds what is inside the gzip, however it was packed, and names both digests otherwise', () => {
  const files = idxSet();
  const digests = Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name.replace('.gz', ''), sha256Of(gunzipSync(content))]),
  );
  const labels = 't10k-labels-idx1-ubyte';
  const anew = { ...files, [`${labels}.gz`]: gzipSync(idxFile([1], [1]), { level: 0 }) };
  const folder = { path: folderWith(anew), origin };
  expect(idxDataset(folder, classes, digests).test.count).toBe(1);
  const other = '0'.repeat(64);
  const message = refusal(() => idxDataset(folder, classes, { ...digests, [labels]: other }));
  expect(message).toMatch(/^DATA_FILE_INVALID: t10k-labels-idx1-ubyte\.gz/);
  expect(message).toContain(digests[labels]);
  expect(message).toContain(other);
});

test('FashionMNIST is held to its digests by both ways to read it', () => {
  const path = folderWith(idxSet());
  const content = gunzipSync(readFileSync(join(path, 'train-images-idx3-ubyte.gz')));
  for (const run of [() => fashionMnist(path), () => fashionMnistImages(path, 'train')]) {
    expect(refusal(run)).toContain(`its SHA-256 is ${sha256Of(content)}, c59f468a`);
  }
});
