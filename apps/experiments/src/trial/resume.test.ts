import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdapter, startBackend } from '@fuseinit/node-backends';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Experiment } from '../experiment.js';
import { smoke } from '../experiments/smoke.js';
import type { EpochLine } from '../results/result-line.js';
import { openTrialFile } from '../results/trial-file.js';
import { runTrial } from './run-trial.js';
import { loadData, type TrialContext, trialData } from './trial-data.js';

// Real images and the real backend, little of both; dropout, so that masks have to come again too. RMSprop
// goes on to the last bit; of Adam tfjs computes the powers of its decays anew, which rounds otherwise.
const experiment: Experiment = {
  ...smoke,
  samples: { training: 48, validation: 16, test: 16, calibration: 48 },
  teacher: smoke.teacher.flatMap((layer) =>
    layer.className === 'Flatten'
      ? [{ className: 'Dropout', config: { name: 'dropout', rate: 0.3 } }, layer]
      : [layer],
  ),
  arms: ['random', 'fused', 'fused, refitted, distilled'],
  optimizer: 'rmsprop',
  epochs: { teacher: 2, student: 2 },
};

class Killed extends Error {}

let folder: string;
let whole: ReturnType<typeof epochsIn>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fuseinit-experiments-'));
  await run('whole');
  whole = epochsIn('whole');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the trial in a folder, until so many epochs were reported. */
async function run(name: string, epochsUntilKilled = Number.POSITIVE_INFINITY): Promise<void> {
  const device = await startBackend('wasm');
  const { tf } = device;
  const backend = await createAdapter(device);
  const data = trialData(tf, experiment, await loadData(experiment, folder));
  let epochs = 0;
  const context: TrialContext = {
    tf,
    backend,
    experiment,
    purpose: 'trial',
    seed: 1,
    data,
    file: openTrialFile(path(name)),
    checkpoints: join(folder, name, 'checkpoints'),
    onEpochs: (more) => {
      epochs += more;
      if (epochs >= epochsUntilKilled) throw new Killed();
    },
  };
  await runTrial(context, () => [1e-3]);
}

const path = (name: string) => join(folder, name, 'trial-1.jsonl');

const epochsIn = (name: string) =>
  openTrialFile(path(name))
    .lines.filter((line): line is EpochLine => line.type === 'epoch')
    .map(({ stage, arm, epoch, trainingLoss, validation, test: tested }) => ({
      stage,
      arm,
      epoch,
      trainingLoss,
      validation,
      test: tested,
    }));

test('a run that was killed goes on at its last epoch and ends in the same numbers', async () => {
  // Teacher and three students, each with the epoch before training.
  expect(whole).toHaveLength(3 * 4);
  for (const killedAfter of [2, 8]) {
    await expect(run('killed', killedAfter)).rejects.toThrow(Killed);
    const before = epochsIn('killed');
    await run('killed');
    const after = epochsIn('killed');
    expect(after).toEqual(whole);
    expect(after.slice(0, before.length)).toEqual(before);
    rmSync(join(folder, 'killed'), { recursive: true });
  }
});

test('a line cut off by the kill is written again from the checkpoint, and none twice', async () => {
  await expect(run('cut', 5)).rejects.toThrow(Killed);
  const text = readFileSync(path('cut'));
  truncateSync(path('cut'), text.length - 20);
  await run('cut');
  expect(epochsIn('cut')).toEqual(whole);
});

test('without its checkpoint a run starts anew, and a broken checkpoint counts as none', async () => {
  await expect(run('lost', 6)).rejects.toThrow(Killed);
  writeFileSync(join(folder, 'lost', 'checkpoints', '1-random-0.001.checkpoint'), 'no checkpoint');
  await run('lost');
  expect(epochsIn('lost')).toEqual(whole);
});

test('what is finished is not run again', async () => {
  const text = readFileSync(path('whole'), 'utf8');
  await run('whole');
  expect(readFileSync(path('whole'), 'utf8')).toBe(text);
});
