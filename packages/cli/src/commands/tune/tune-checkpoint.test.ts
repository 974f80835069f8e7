import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import { expect, test } from 'vitest';
import { checkpointFormat, requireSameRun, type TuneCheckpoint, type TuneRun } from './tune-checkpoint.js';

const run: TuneRun = {
  student: 'a',
  teacher: 'b',
  data: { samples: 10, sampleShape: [2, 2], validation: 0.1, seed: 0, content: 'c', labels: 'd' },
  options: { '--epochs': 5, '--learning-rate': 'auto', '--patience': null },
};

test.each<[string, Partial<Omit<TuneRun, 'data'>>, Partial<TuneRun['data']>, RegExp]>([
  ['another student', { student: 'x' }, {}, /begun with another student/],
  ['another teacher', { teacher: 'x' }, {}, /begun with another teacher/],
  ['no teacher', { teacher: null }, {}, /begun with a teacher, and no --teacher/],
  ['other shapes', {}, { sampleShape: [4] }, /samples of \[2, 2\], and those given are of \[4\]/],
  ['fewer samples', {}, { samples: 9 }, /begun with 10 samples, and 9/],
  ['other samples', {}, { content: 'x' }, /begun with other samples/],
  ['other labels', {}, { labels: 'x' }, /begun with other labels/],
  ['no labels', {}, { labels: null }, /begun with labels, and none/],
  ['other samples to validate on', {}, { validation: 0.2 }, /a share of 0\.1 by seed 0, and now it is 0\.2/],
  [
    'other epochs',
    { options: { ...run.options, '--epochs': 6 } },
    {},
    /--epochs 5, and now it is --epochs 6/,
  ],
  [
    'a patience',
    { options: { ...run.options, '--patience': 2 } },
    {},
    /the default of --patience, and now it is --patience 2/,
  ],
])('%s: CHECKPOINT_MISMATCH', (_name, change, data, message) => {
  const now = { ...run, ...change, data: { ...run.data, ...data } };
  expect(() => requireSameRun('out.partial', run, now)).toThrow(
    expect.objectContaining({ code: 'CHECKPOINT_MISMATCH', message: expect.stringMatching(message) }),
  );
  expect(() => requireSameRun('out.partial', run, structuredClone(run))).not.toThrow();
});

test('a checkpoint is read as it was written, and refused if it is damaged', async () => {
  const path = join(emptyFolder(), 'out.partial');
  const weights = [{ name: 'w', shape: [2], dtype: 'float32' as const, data: Float32Array.of(0.1, -0) }];
  const checkpoint: TuneCheckpoint = {
    run,
    epochs: [],
    state: { specVersion: 1, epochsDone: 1, weights, optimizers: [], best: null },
    interim: null,
  };
  await checkpointFormat.write(path, checkpoint);
  expect(await checkpointFormat.read(path)).toEqual(checkpoint);
  const bytes = await readFile(path);
  for (const damaged of [
    bytes.subarray(0, -1),
    bytes.map((byte, at) => (at === 90 ? byte ^ 1 : byte)),
    Buffer.of(),
  ]) {
    await writeFile(path, damaged);
    await expect(checkpointFormat.read(path)).rejects.toMatchObject({ code: 'DATA_FILE_INVALID' });
  }
});
