import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runCommand } from './run-command.js';
import { eachInFolder } from './testing-support/folder.test-support.js';

const folder = eachInFolder();
const node = (script: string, signal?: AbortSignal) =>
  runCommand(process.execPath, ['-e', script], { signal });

test('stdout is returned, and stderr is not', async () => {
  expect(await node('console.log("out"); console.error("err")')).toBe('out\n');
});

test('a failure shows the command, the code and the end of all output', async () => {
  const error = await node('console.log("out"); console.error("err"); process.exitCode = 3').catch((e) => e);
  expect([error.code, error.message]).toEqual([
    'BACKEND_UNAVAILABLE',
    expect.stringMatching(/failed \(3\):\n(out\nerr|err\nout)$/),
  ]);
});

test('a command that is not there is named', async () => {
  await expect(runCommand('no-such-command', [])).rejects.toThrow(/no-such-command can't be run/);
});

test('what a command has started stops with it', async () => {
  const [ready, late] = ['ready', 'late'].map((name) => join(folder.path, name));
  const grandchild = `require('node:fs').writeFileSync(${JSON.stringify(ready)}, '');
    setTimeout(() => require('node:fs').writeFileSync(${JSON.stringify(late)}, ''), 2000)`;
  const child = `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(grandchild)}])`;
  const stopping = new AbortController();
  const running = node(child, stopping.signal).catch((error) => error);
  while (!existsSync(ready!)) await wait(20);
  stopping.abort();
  expect((await running).code).toBe('ABORTED');
  await wait(2500);
  expect(existsSync(late!)).toBe(false);
  expect((await node('', stopping.signal).catch((error) => error)).code).toBe('ABORTED');
});
