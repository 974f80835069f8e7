import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeGpuStatus } from './node-gpu-status.js';
import {
  installedCopy,
  installTfjsNodeGpu,
  printedIn,
} from './testing-support/installed-copy.test-support.js';

let folder = '';
beforeEach(() => {
  folder = installedCopy();
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a missing library is named, and TensorFlow.js is not loaded for it', () => {
  const status = nodeGpuStatus();
  if (status.state !== 'built') throw new Error('There is no binding: npm run libtensorflow');
  const copy = installTfjsNodeGpu(folder);
  // The binding without `deps`, which it finds its libraries by.
  const lib = dirname(dirname(status.binding));
  cpSync(lib, join(copy, 'lib'), { recursive: true });
  const outcome = printedIn(
    folder,
    `import { createRequire } from 'node:module';
     import { loadNodeGpu, nodeGpuStatus } from '@fuseinit/backend-node-gpu';
     const { code, message, cause } = await loadNodeGpu().catch((error) => error);
     const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) => /tensorflow.*js$/.test(path));
     print({ state: nodeGpuStatus().state, code, message, cause: cause.code, loaded });`,
  );
  expect(outcome).toEqual({
    state: 'built',
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringMatching(/the shared library libtensorflow\S* is missing.*npm run libtensorflow/),
    cause: 'ERR_DLOPEN_FAILED',
    loaded: [],
  });
});

test('where Node has removed functions of util, what tfjs-node calls works all the same', () => {
  const dist = fileURLToPath(new URL('../dist/index.js', import.meta.url));
  const result = printedIn(
    folder,
    `import util from 'node:util';
     // As Node 23 is, and one more step on.
     for (const name of ['isNullOrUndefined', 'isArray']) delete util[name];
     const { loadNodeGpu } = await import(${JSON.stringify(dist)});
     const tf = await loadNodeGpu();
     const { values, indices } = tf.topk(tf.tensor1d([3, 1, 4, 1, 5]), 2);
     const joined = tf.concat([tf.tensor1d([1]), tf.tensor1d([2])]);
     print({ values: [...values.dataSync()], indices: [...indices.dataSync()], joined: [...joined.dataSync()] });`,
  );
  expect(result).toEqual({ values: [5, 4], indices: [4, 2], joined: [1, 2] });
});

test('loading twice gives the same tf, on the native backend again', () => {
  const dist = fileURLToPath(new URL('../dist/index.js', import.meta.url));
  expect(
    printedIn(
      folder,
      `const { loadNodeGpu } = await import(${JSON.stringify(dist)});
       const tf = await loadNodeGpu();
       await tf.setBackend('cpu');
       const again = await loadNodeGpu();
       print([again === tf, tf.getBackend()]);`,
    ),
  ).toEqual([true, 'tensorflow']);
});
