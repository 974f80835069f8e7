import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}

test('what is there is used, and nothing is built again', () => {
  expect(run([])).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/already there: .*TensorFlow 2\./),
  });
  const { status, stdout } = run(['--check']);
  expect(stdout).toMatch(/binding: .* loads, TensorFlow 2\..*The native backend can be used/s);
  expect(status).toBe(0);
});

test('what can not be used is told in a line, without a stack', () => {
  const { status, stderr } = run([], { LIBTENSORFLOW_DIR: '/nowhere' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^LIBTENSORFLOW_DIR is \/nowhere, where .* can't be found\. .*\n$/);
});

test('a call that is not understood is answered with the usage', () => {
  expect(run(['--fast'])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/--fast.*--wheel FILE/s),
  });
  expect(run(['--help'])).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringMatching(/--from DIR/),
  });
});
