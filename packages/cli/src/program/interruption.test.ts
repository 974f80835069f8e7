import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import { expect, test } from 'vitest';
import { fuseinit, start } from '../testing-support/fuseinit.test-support.js';
import { conv1, conv2, conv3, mnistModel, mnistNpy } from '../testing-support/mnist.test-support.js';

async function fusing(samples: number) {
  const folder = emptyFolder();
  const out = join(folder, 'out');
  const data = await mnistNpy(folder, 'train', samples);
  const args = [
    'fuse',
    mnistModel,
    '--data',
    data,
    '--spans',
    `${conv1}:${conv3}`,
    '--backend',
    'wasm',
    '-o',
    out,
  ];
  return { folder, out, args };
}

/** Waits for the folder that a student is written in, and for a file in it if that is asked for. */
async function drafted(folder: string, file?: RegExp): Promise<void> {
  for (;;) {
    const draft = (await readdir(folder)).find((name) => /^\.out\..*\.tmp$/.test(name));
    if (draft && !file) return;
    if (draft && (await readdir(join(folder, draft))).some((name) => file!.test(name))) return;
    await setTimeout(1);
  }
}

test('Ctrl-C in the middle of a fusion leaves nothing, and the exit code of an interruption', async () => {
  const { folder, args } = await fusing(4000);
  const running = start(args);
  await drafted(folder);
  running.kill('SIGINT');
  expect(await running.ended).toMatchObject({
    code: 130,
    killedBy: null,
    stdout: '',
    stderr: 'fuseinit: Stopped. (ABORTED)\n',
  });
  expect(await readdir(folder)).toEqual(['train.npy']);
});

test('Ctrl-C with --json is told as JSON', async () => {
  const { folder, args } = await fusing(4000);
  const running = start([...args, '--json']);
  await drafted(folder);
  running.kill('SIGINT');
  const { code, stdout } = await running.ended;
  expect(code).toBe(130);
  expect(JSON.parse(stdout)).toEqual({ error: { code: 'ABORTED', message: 'Stopped.' } });
});

test.each([
  ['while it fuses', undefined],
  ['while it saves', /^weights|model\.json/],
])('killed %s, no student is there, and a second run makes one', async (_, file) => {
  const { folder, out, args } = await fusing(300);
  const running = start(args);
  await drafted(folder, file);
  running.kill('SIGKILL');
  expect(await running.ended).toMatchObject({ code: null, killedBy: 'SIGKILL' });
  expect(await readdir(folder)).not.toContain('out');
  expect(await fuseinit(args)).toMatchObject({ code: 0 });
  expect(await readdir(out)).toEqual(expect.arrayContaining(['model.json', 'report.html', 'report.json']));
});

test('a stopped collect goes on where it stopped, and then leaves no more than its statistics', async () => {
  const folder = emptyFolder();
  const data = await mnistNpy(folder, 'train', 6000);
  const output = join(folder, 'all.stats');
  const args = [
    'collect',
    mnistModel,
    '--data',
    data,
    '--spans',
    `${conv2}:${conv3}`,
    '--backend',
    'wasm',
    '-o',
    output,
  ];
  const running = start([...args, '--batch-size', '64']);
  while (!(await readdir(folder)).includes('all.stats.partial')) await setTimeout(1);
  running.kill('SIGINT');
  expect(await running.ended).toMatchObject({
    code: 130,
    stderr: expect.stringMatching(/--resume goes on/),
  });
  expect(await fuseinit([...args, '--batch-size', '64'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/\.partial is of a run that was stopped.*--resume/),
  });
  expect(await fuseinit([...args, '--batch-size', '100', '--resume'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/batches of 64 samples and batches of 100.*\(CHECKPOINT_MISMATCH\)/),
  });
  const others = await mnistNpy(emptyFolder(), 't10k', 6000);
  expect(await fuseinit([...args.map((word) => (word === data ? others : word)), '--resume'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/64 of 64 that were compared differ.*\(CHECKPOINT_MISMATCH\)/),
  });
  const resumed = await fuseinit([...args, '--resume', '--json']);
  expect(JSON.parse(resumed.stdout)).toMatchObject({ spans: [{ samples: 5400, heldOutSamples: 600 }] });
  expect((await readdir(folder)).sort()).toEqual(['all.stats', 'train.npy']);
}, 120_000);
