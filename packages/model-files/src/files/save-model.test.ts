import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { expect, onTestFinished, test } from 'vitest';
import { modelFiles } from '../model-files.js';
import {
  constantModel,
  savingProgram,
  wholeVersion,
} from '../testing-support/constant-model.test-support.js';

const inFourFiles = { shardBytes: 4096 };

function startSaving(folder: string) {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', savingProgram(folder)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

test('the files of the model that was replaced go, and nobody else’s', async () => {
  const folder = emptyFolder();
  await writeFile(join(folder, 'weights.bin'), 'not ours');
  await writeFile(join(folder, 'weights-0123456789ab-1of1.bin'), 'of no model.json');
  const files = modelFiles(folder, inFourFiles);
  await files.save(constantModel(1));
  const first = await readdir(folder);
  await files.save(constantModel(2));
  const second = await readdir(folder);
  expect(second).toHaveLength(first.length);
  expect(second.filter((name) => first.includes(name)).sort()).toEqual([
    'model.json',
    'weights-0123456789ab-1of1.bin',
    'weights.bin',
  ]);
  expect(await wholeVersion(files)).toBe(2);
});

test('saving the same again changes nothing', async () => {
  const folder = emptyFolder();
  const files = modelFiles(folder, inFourFiles);
  await files.save(constantModel(1));
  const before = await readdir(folder);
  await files.save(constantModel(1));
  expect(await readdir(folder)).toEqual(before);
  expect(await wholeVersion(files)).toBe(1);
});

test('when a weight file can’t be written, the old model is there and nothing else', async () => {
  const folder = emptyFolder();
  const files = modelFiles(folder, inFourFiles);
  await files.save(constantModel(1));
  // The names are known from another folder: the third is taken by a folder that can't be replaced.
  const other = emptyFolder();
  await modelFiles(other, inFourFiles).save(constantModel(2));
  const third = (await readdir(other)).find((name) => name.includes('-3of4'))!;
  await mkdir(join(folder, third, 'inside'), { recursive: true });
  const before = await readdir(folder);

  const error = await refusalOf(() => files.save(constantModel(2)));
  expect([error.code, error.message]).toEqual([
    'MODEL_FILE_UNWRITABLE',
    expect.stringContaining(join(folder, 'model.json')),
  ]);
  expect(await readdir(folder)).toEqual(before);
  expect(await wholeVersion(files)).toBe(1);
});

test('when model.json can’t be written, the weight files go again', async () => {
  const folder = emptyFolder();
  await mkdir(join(folder, 'model.json', 'inside'), { recursive: true });
  const error = await refusalOf(() => modelFiles(folder, inFourFiles).save(constantModel(1)));
  expect(error.code).toBe('MODEL_FILE_UNWRITABLE');
  expect(await readdir(folder)).toEqual(['model.json']);
});

test('a file where the folder should be is refused and kept', async () => {
  const path = join(emptyFolder(), 'taken');
  await writeFile(path, 'mine');
  const error = await refusalOf(() => modelFiles(path).save(constantModel(1)));
  expect(error.code).toBe('MODEL_FILE_UNWRITABLE');
});

test('a program killed at any moment of saving leaves a whole model', async () => {
  const folder = emptyFolder();
  const files = modelFiles(folder);
  for (const delay of [0, 3, 7, 12, 18, 25]) {
    const child = startSaving(folder);
    await once(child.stdout, 'data');
    await setTimeout(delay);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(await wholeVersion(files)).toBeGreaterThanOrEqual(1);
  }
  await files.save(constantModel(0));
  expect(await wholeVersion(files)).toBe(0);
});

test('who loads while another program saves gets one whole version after another', async () => {
  const folder = emptyFolder();
  const child = startSaving(folder);
  await once(child.stdout, 'data');
  const files = modelFiles(folder);
  let last = 0;
  const seen = new Set<number>();
  while (seen.size < 20) {
    const value = await wholeVersion(files);
    expect(value).toBeGreaterThanOrEqual(last);
    last = value;
    seen.add(value);
  }
});

test('what could not be loaded is not saved', async () => {
  const folder = emptyFolder();
  const files = modelFiles(folder);
  const model = constantModel(1);
  const cases = [
    [
      { ...model, weightData: new ArrayBuffer(8) },
      'ARGUMENT_INVALID',
      /8 bytes where weightSpecs need 16384/,
    ],
    [{ ...model, modelTopology: new ArrayBuffer(8) }, 'MODEL_UNSUPPORTED', /GraphModel/],
    [{ ...model, format: 'graph-model' }, 'MODEL_UNSUPPORTED', /GraphModel/],
  ] as const;
  for (const [artifacts, code, message] of cases) {
    expect(await refusalOf(() => files.save(artifacts))).toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  }
  expect(await readdir(folder)).toEqual([]);
});

test.each([0, -1, 1.5, Number.NaN])('files of %d bytes are refused', async (shardBytes) => {
  const folder = emptyFolder();
  const error = await refusalOf(() => modelFiles(folder, { shardBytes }).save(constantModel(1)));
  expect([error.code, error.message]).toEqual([
    'ARGUMENT_INVALID',
    expect.stringContaining(String(shardBytes)),
  ]);
});
