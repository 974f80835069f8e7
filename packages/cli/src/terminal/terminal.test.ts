import { existsSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelFiles } from '@fuseinit/model-files';
import { npyFile } from '@fuseinit/test-inputs/array-files';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { fuseinit, inTerminal } from '../testing-support/fuseinit.test-support.js';
import { mnistModel } from '../testing-support/mnist.test-support.js';

// biome-ignore lint/suspicious/noControlCharactersInRegex: what steers a terminal is looked for.
const steering = /[\u0000-\u0009\u000b-\u001f\u007f\u009b]/;

test.each([{}, { NO_COLOR: '1' }, { TERM: 'xterm-256color' }])(
  'with %j, a pipe gets no codes',
  async (env) => {
    for (const args of [['inspect', mnistModel], ['inspect', 'nowhere'], ['--help'], ['doctor', '--quiet']]) {
      const { stdout, stderr } = await fuseinit(args, { env });
      expect(stdout).not.toMatch(steering);
      expect(stderr).not.toMatch(steering);
    }
  },
);

const hasTerminal = process.platform === 'linux' && existsSync('/usr/bin/script');

test.runIf(hasTerminal).each([
  [{ NO_COLOR: '1' }, false],
  [{ NO_COLOR: '', FORCE_COLOR: '', TERM: 'xterm-256color', COLORTERM: 'truecolor' }, true],
])('in a terminal with %j, heads are bold: %s', async (env, isBold) => {
  const { stdout } = await inTerminal(['inspect', mnistModel], env);
  expect(stdout).toContain('conv2d_Conv2D1');
  expect(stdout.includes('\u001b[1m')).toBe(isBold);
});

test('names from a model steer no terminal, break no page and decide no path', async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
  const names = ['a/../../../evil', 'x', 'b/../y'];
  const hostile = tf.sequential({
    name: '../<script>alert(1)</script>\u001b[31m',
    layers: names.map((name, index) =>
      tf.layers.dense({ name, units: 4, activation: 'tanh', ...(index === 0 && { inputShape: [6] }) }),
    ),
  });
  const folder = emptyFolder();
  const at = (name: string) => join(folder, name);
  await hostile.save(modelFiles(at('teacher')));
  const data = Float32Array.from({ length: 6 * 200 }, (_, index) => Math.sin(index * index));
  await writeFile(at('data.npy'), npyFile(data, [200, 6]));

  const inspected = await fuseinit(['inspect', at('teacher')]);
  expect(inspected.code).toBe(0);
  expect(inspected.stdout).not.toMatch(steering);
  const asked = ['--data', at('data.npy'), '--backend', 'wasm'];
  const planned = await fuseinit([
    'plan',
    at('teacher'),
    ...asked,
    '--max-depth',
    '2',
    '-o',
    at('plan.json'),
  ]);
  expect(planned).toMatchObject({ code: 0, stderr: '' });
  expect(planned.stdout).not.toMatch(steering);
  const fused = await fuseinit(['fuse', at('teacher'), ...asked, '--plan', at('plan.json'), '-o', at('out')]);
  expect(fused.stdout).not.toMatch(steering);
  expect(fused.code).toBe(0);
  const html = await readFile(at('out/report.html'), 'utf8');
  expect(html).not.toMatch(/<script|<img src=x/i);
  expect(html).toContain('&lt;script');
  expect((await readdir(folder)).sort()).toEqual(['data.npy', 'out', 'plan.json', 'teacher']);
  hostile.dispose();
});

test('a layer that TensorFlow.js takes no name of is refused without its codes', async () => {
  const folder = emptyFolder();
  const text = await readFile(join(mnistModel, 'model.json'), 'utf8');
  const name = JSON.stringify('<script>\u001b[31m\n').slice(1, -1);
  await cp(mnistModel, folder, { recursive: true });
  await writeFile(join(folder, 'model.json'), text.replaceAll('conv2d_Conv2D1', name));
  const { code, stderr } = await fuseinit(['inspect', folder]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^fuseinit: [^\n]*<script>\\u\{1b\}[^\n]*\(MODEL_(UNSUPPORTED|FILE_INVALID)\)\n$/);
});
