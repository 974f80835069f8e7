import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelFiles } from '@fuseinit/model-files';
import type { FusionReport } from '@fuseinit/report';
import { npyFile } from '@fuseinit/test-inputs/array-files';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import { seededData, seedWeights } from '@fuseinit/test-inputs/seeded-models';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { fuseinit } from '../../testing-support/fuseinit.test-support.js';
import type { BudgetVerdict } from '../plan/budget-verdict.js';
import type { AutoTuned } from './auto-tune.js';

const quick = ['--backend', 'wasm', '--try', '1'];

/** Dense layers with a batch norm between them, and samples of theirs. */
async function saved(folder: string) {
  tf.enableProdMode();
  await tf.setBackend('cpu');
  const dense = (units: number, more = {}) => tf.layers.dense({ units, activation: 'relu', ...more });
  const layers = [
    dense(20, { inputShape: [6] }),
    tf.layers.batchNormalization(),
    dense(20),
    dense(3, { activation: 'softmax' }),
  ];
  const model = seedWeights(tf.sequential({ layers }), 8) as tf.LayersModel;
  const [teacher, path] = [join(folder, 'teacher'), join(folder, 'data.npy')];
  await model.save(modelFiles(teacher));
  const { data, shape } = seededData([150, 6], 5);
  await writeFile(path, npyFile(Float32Array.from(data), shape));
  return { teacher, asked: ['shrink', teacher, '--data', path, ...quick] };
}

test('one command makes a student within a budget, trained where that helps, and says whether it keeps to it', async () => {
  const folder = await emptyFolder();
  const { asked } = await saved(folder);
  const out = join(folder, 'student');
  const done = await fuseinit([...asked, '--max-params', '60%', '--tune', '4', '-o', out, '--json']);
  expect(done).toMatchObject({ code: 0 });
  const { budget, tuned, networks } = JSON.parse(done.stdout) as {
    budget: BudgetVerdict;
    tuned: AutoTuned;
    networks: { teacher: { cost: { parameters: number } } };
  };
  // Simplified: 6 to 20, 20 to 20, 20 to 3, with biases.
  expect(networks.teacher.cost.parameters).toBe(140 + 420 + 63);
  const student = await tf.loadLayersModel(modelFiles(out));
  expect(budget).toMatchObject({
    of: 'parameters',
    teacher: 623,
    isKept: true,
    student: student.countParams(),
  });
  expect(budget.limit).toBeCloseTo(0.6 * 623, 9);
  expect(student.countParams()).toBeLessThanOrEqual(budget.limit);
  expect([tuned.epochs.length, tuned.samples, tuned.loss]).toEqual([4, 100, null]);
  const losses = [tuned.startValidationLoss!, ...tuned.epochs.map(({ validationLoss }) => validationLoss!)];
  expect(losses[tuned.bestEpoch! + 1]).toBe(Math.min(...losses));
  expect((await readdir(out)).filter((name) => name.startsWith('report')).sort()).toEqual([
    'report.html',
    'report.json',
  ]);
  const report = JSON.parse(await readFile(join(out, 'report.json'), 'utf8')) as FusionReport;
  expect(report.student.cost.parameters).toBe(student.countParams());
  const { plan, spans } = report;
  expect(plan).toMatchObject({ cost: 'parameters', budget: { of: 'share', most: expect.closeTo(0.6) } });
  expect(plan!.predicted.share).toBeCloseTo(student.countParams() / 623, 9);
  expect(plan!.front.at(-1)).toEqual({ share: 1, outputRelativeMse: 0 });
  expect(plan!.tried.length).toBeGreaterThan(0);
  for (const span of spans) expect(span.predictedRelativeMse).toBeGreaterThanOrEqual(0);
}, 120_000);

test('a budget that no student keeps to is said to be missed, by how much, and has an exit code of its own', async () => {
  const folder = await emptyFolder();
  const { asked } = await saved(folder);
  const out = join(folder, 'student');
  const { code, stdout } = await fuseinit([...asked, '--max-params', '10', '--tune', 'none', '-o', out]);
  expect(code).toBe(3);
  // All layers as one: 6 to 3, with biases.
  expect(stdout).toMatch(/The budget is MISSED by 1\.8 %: 21 parameters, 3\.4 % of the simplified teacher's/);
  expect(stdout).toMatch(/--max-params 4% would be kept by this student; no plan is likely to keep it\./);
  expect(stdout).toMatch(/as given +simplified +fused/);
  expect(await readdir(out)).toContain('model.json');
}, 120_000);
