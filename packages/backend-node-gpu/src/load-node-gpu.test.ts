import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  installedCopy,
  installTfjsNodeGpu,
  printedIn,
  putBinding,
} from './testing-support/installed-copy.test-support.js';

let folder = '';
beforeEach(() => {
  folder = installedCopy();
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly status: {
    readonly state: string;
    readonly binding?: string;
    readonly builtFor?: readonly number[];
  };
  readonly code: string;
  readonly message: string;
  readonly cause?: string;
  readonly loaded: number;
}

/** Status and refusal of the copy, and how many modules of TensorFlow.js the refusal has cost. */
const outcome = () =>
  printedIn(
    folder,
    `import { createRequire } from 'node:module';
     import { loadNodeGpu, nodeGpuStatus } from '@fuseinit/backend-node-gpu';
     const { code, message, cause } = await loadNodeGpu().catch((error) => error);
     const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes('tensorflow'));
     print({ status: nodeGpuStatus(), code, message, cause: cause?.code, loaded: loaded.length });`,
  ) as Outcome;

test('without the package: not installed, and the command that installs it', () => {
  expect(outcome()).toEqual({
    status: { state: 'not-installed' },
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringMatching(/is not installed.*npm install @tensorflow\/tfjs-node-gpu@4\.22\.0/),
    loaded: 0,
  });
});

test('without a binding: not built, where it would be, and the commands that build it', () => {
  const binding = join(installTfjsNodeGpu(folder), 'lib', 'napi-v8', 'tfjs_binding.node');
  const { status, code, message, loaded } = outcome();
  expect(status).toMatchObject({ state: 'not-built', packageVersion: '4.22.0', binding, builtFor: [] });
  expect(code).toBe('BACKEND_UNAVAILABLE');
  expect(message).toContain(binding);
  expect(message).toMatch(/npm rebuild @tensorflow\/tfjs-node-gpu.*npm run libtensorflow/);
  expect(loaded).toBe(0);
});

test('a binding for another Node-API is told from none', () => {
  putBinding(installTfjsNodeGpu(folder), 99, '');
  const { status, code, message } = outcome();
  expect(status).toMatchObject({ state: 'other-node-api', nodeApi: 8, builtFor: [99] });
  expect([code, message]).toEqual([
    'BACKEND_UNAVAILABLE',
    expect.stringMatching(/Node-API 99, and Node v.* 8\./),
  ]);
});

test('a binding that is no library is refused before TensorFlow.js is loaded', () => {
  putBinding(installTfjsNodeGpu(folder), 8, 'not a library '.repeat(100));
  const { status, code, message, cause, loaded } = outcome();
  expect(status.state).toBe('built');
  expect([code, cause, loaded]).toEqual(['BACKEND_UNAVAILABLE', 'ERR_DLOPEN_FAILED', 0]);
  expect(message).toMatch(/can't be opened: it is no library for \w+ on \w+ .*npm rebuild/);
});
