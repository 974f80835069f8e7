import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import type { FusionReport } from '@fuseinit/report';
import { npyFile, npzFile } from '@fuseinit/test-inputs/array-files';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import { mnist } from '@fuseinit/test-inputs/mnist';
import { holdsOut, sampleOrder } from '@fuseinit/tfjs/internal';
import { expect, test } from 'vitest';
import { fuseinit } from '../testing-support/fuseinit.test-support.js';
import { conv1, conv2, mnistModel } from '../testing-support/mnist.test-support.js';

const onWasm = ['--backend', 'wasm'];

/** Images of digits, those of 0 first. */
async function sortedDigits(count: number) {
  const { images, labels } = mnist('train', count);
  const order = [...labels.keys()].sort((a, b) => labels[a]! - labels[b]!);
  const sorted = new Float32Array(images.length);
  for (const [to, from] of order.entries())
    sorted.set(images.subarray(from * 784, (from + 1) * 784), to * 784);
  return { images: sorted, labels: Int32Array.from(order, (at) => labels[at]!) };
}

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** A grey .png of 28 rows of pixels from 0 to 1. */
function greyPng(pixels: Float32Array): Buffer {
  const header = Buffer.from([0, 0, 0, 28, 0, 0, 0, 28, 8, 0, 0, 0, 0]);
  const lines = Array.from({ length: 28 }, (_, row) => [
    0,
    ...pixels.subarray(row * 28, (row + 1) * 28).map((pixel) => Math.round(pixel * 255)),
  ]).flat();
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(lines))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

interface Rows {
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

/** A folder for each digit. */
async function classFolders(folder: string, { images, labels }: Rows): Promise<string> {
  const path = join(folder, 'digits');
  for (const [index, label] of labels.entries()) {
    await mkdir(join(path, String(label)), { recursive: true });
    const name = `${String(index).padStart(4, '0')}.png`;
    await writeFile(
      join(path, String(label), name),
      greyPng(images.subarray(index * 784, (index + 1) * 784)),
    );
  }
  return path;
}

/** Wrong labels from the first of a class on. */
function spoiled(labels: Int32Array, from: number): Int32Array {
  return labels.map((label) => (label < from ? label : (label + 1) % 10));
}

const shareBelow = (labels: Iterable<number>, from: number) => {
  const all = [...labels];
  return all.filter((label) => label < from).length / all.length;
};

test('eval scores samples of all classes of sorted folders and arrays, each with its label', async () => {
  const folder = emptyFolder();
  const { images, labels } = await sortedDigits(500);
  const digits = await classFolders(folder, { images, labels });
  const indices = sampleOrder(Uint32Array.from(labels.keys()), { share: 0.1, seed: 4 }).slice(0, 100).sort();
  const taken = Array.from(indices, (index) => labels[index]!);
  const limited = ['--limit', '100', '--seed', '4', '--json', ...onWasm];

  const inFolders = await fuseinit(['eval', mnistModel, '--data', digits, '--labels', digits, ...limited]);
  const ofFolders = JSON.parse(inFolders.stdout);
  expect(ofFolders).toMatchObject({ count: 100, read: { count: 500, taken: 100 } });
  expect(ofFolders.value).toBeGreaterThan(0.95);
  expect(inFolders.reads[0]).toMatch(/500 samples.*100 of them drawn by --limit\.\n$/);

  // Of the digits from 3 on, which lie behind the first 100, the labels are wrong: the share of the others is
  // left.
  const path = join(folder, 'digits.npz');
  await writeFile(
    path,
    npzFile({ x: npyFile(images, [500, 28, 28]), y: npyFile(spoiled(labels, 3), [500]) }),
  );
  const asked = ['--data', path, '--array', 'x', '--labels', path, '--labels-array', 'y'];
  const { value } = JSON.parse((await fuseinit(['eval', mnistModel, ...asked, ...limited])).stdout);
  expect(Math.abs(value - shareBelow(taken, 3))).toBeLessThan(0.04);
  expect(shareBelow(labels.subarray(0, 100), 3)).toBe(1);
}, 120_000);

test('fuse with another limit than collect had holds out the same, of all classes', async () => {
  const folder = emptyFolder();
  const { images, labels } = await sortedDigits(500);
  const path = join(folder, 'digits.npz');
  await writeFile(path, npzFile({ x: npyFile(images, [500, 28, 28]), y: npyFile(labels, [500]) }));
  const [stats, student] = [join(folder, 'all.stats'), join(folder, 'student')];
  const asked = ['--data', path, '--array', 'x', '--spans', `${conv1}:${conv2}`, '--seed', '4', ...onWasm];

  const collected = await fuseinit([
    'collect',
    mnistModel,
    ...asked,
    '--limit',
    '200',
    '--json',
    '-o',
    stats,
  ]);
  const [span] = JSON.parse(collected.stdout).spans;
  expect(span).toMatchObject({ samples: 134, heldOutSamples: 66 });

  const fused = await fuseinit([
    ...['fuse', mnistModel, ...asked, '--labels', path, '--labels-array', 'y', '--limit', '400'],
    ...['--statistics', stats, '--json', '-o', student],
  ]);
  expect(fused.code).toBe(0);
  const report = JSON.parse(await readFile(join(student, 'report.json'), 'utf8')) as FusionReport;
  // By default a third of 200, which the statistics keep for 400 as well.
  const rule = { share: 1 / 3, seed: 4 };
  const heldOut = sampleOrder(Uint32Array.from(labels.keys()), rule).slice(0, 400).filter(holdsOut(rule));
  expect(report.samples).toBe(heldOut.length);
  expect(heldOut.length).toBe(133);
  if (report.answers?.kind !== 'classes') throw new Error('no classes');
  // The teacher knows these digits; a label of another sample would be another digit as a rule.
  expect(report.answers.labelled!.teacherAccuracy).toBeGreaterThan(0.9);
}, 120_000);
