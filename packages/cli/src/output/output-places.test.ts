import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import { expect, test } from 'vitest';
import { fuseinit } from '../testing-support/fuseinit.test-support.js';
import { conv1, conv2, mnistModel, mnistNpy } from '../testing-support/mnist.test-support.js';

async function fuseInto(folder: string, ...more: string[]) {
  const data = await mnistNpy(folder, 'train', 60);
  return ['fuse', mnistModel, '--data', data, '--spans', `${conv1}:${conv2}`, '--backend', 'wasm', ...more];
}

test('with --force a student goes into a folder that holds something, which stays', async () => {
  const folder = emptyFolder();
  const out = join(folder, 'out');
  await mkdir(out);
  await writeFile(join(out, 'precious.txt'), 'mine');
  const args = await fuseInto(folder, '-o', out, '--force');
  expect(await fuseinit(args)).toMatchObject({ code: 0 });
  const first = (await readdir(out)).sort();
  expect(await fuseinit([...args, '--ridge', '1'])).toMatchObject({ code: 0 });
  const second = (await readdir(out)).sort();
  expect(await readFile(join(out, 'precious.txt'), 'utf8')).toBe('mine');
  // The old weights are gone with the old model.
  expect(second).toHaveLength(first.length);
  expect(second).not.toEqual(first);
  expect((await readdir(folder)).sort()).toEqual(['out', 'train.npy']);
});

test('an empty folder, a link to one, and one whose parents are still to be made are places like any other', async () => {
  const folder = emptyFolder();
  for (const name of ['empty', 'elsewhere']) await mkdir(join(folder, name));
  await symlink(join(folder, 'elsewhere'), join(folder, 'link'));
  for (const out of [join(folder, 'empty'), join(folder, 'link'), join(folder, 'a', 'b', 'c')]) {
    expect(await fuseinit(await fuseInto(folder, '-o', out))).toMatchObject({ code: 0 });
    expect((await readdir(out)).sort()).toEqual([
      'model.json',
      'report.html',
      'report.json',
      expect.stringMatching(/^weights-/),
    ]);
  }
});

test('with --force, too, no output replaces what the command reads', async () => {
  const folder = emptyFolder();
  const teacher = join(folder, 'teacher');
  await cp(mnistModel, teacher, { recursive: true });
  await symlink(teacher, join(folder, 'link'));
  const before = await readFile(join(teacher, 'model.json'), 'utf8');
  const refused = {
    code: 1,
    stderr: expect.stringMatching(/ is what this command reads: .*\(OUTPUT_IS_INPUT\)/),
  };
  const simplify = ['simplify', join(teacher, 'model.json'), '--backend', 'wasm', '--force', '-o'];
  for (const out of [teacher, join(folder, 'link'), join(teacher, 'model.json')]) {
    expect(await fuseinit([...simplify, out])).toMatchObject(refused);
  }
  const data = await mnistNpy(folder, 'train', 60);
  const collect = ['collect', teacher, '--data', data, '--spans', `${conv1}:${conv2}`, '--force'];
  expect(await fuseinit([...collect, '--backend', 'wasm', '-o', data])).toMatchObject(refused);
  expect(await readFile(join(teacher, 'model.json'), 'utf8')).toBe(before);
});

test.runIf(process.platform === 'linux')(
  'a place where nobody may write is told before any work',
  async () => {
    const folder = emptyFolder();
    const { code, stderr } = await fuseinit(await fuseInto(folder, '-o', '/proc/student'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^fuseinit: .*student can't be written .*\(OUTPUT_UNWRITABLE\)\n$/);
  },
);

test.runIf(process.platform !== 'win32')('where there is no room, nothing is left', async () => {
  const folder = emptyFolder();
  const args = await fuseInto(folder, '-o', join(folder, 'out'));
  const { code, stderr } = await fuseinit([...args, '--quiet'], { fileBlocks: 20 });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^fuseinit: [^\n]*\/out can't be written \(EFBIG[^\n]*\(OUTPUT_UNWRITABLE\)\n$/);
  expect(await readdir(folder)).toEqual(['train.npy']);
  expect(await fuseinit(args)).toMatchObject({ code: 0 });
});

test.runIf(process.platform === 'linux')('a full disk behind stdout is told in one line too', async () => {
  expect(await fuseinit(['inspect', mnistModel], { output: '/dev/full' })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^fuseinit: The output can't be written: ENOSPC[^\n]*\n$/),
  });
});
