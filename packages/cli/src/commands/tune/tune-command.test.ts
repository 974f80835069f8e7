import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { modelFiles } from '@fuseinit/model-files';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { fuseinit, start } from '../../testing-support/fuseinit.test-support.js';
import { mnistNpz } from '../../testing-support/mnist.test-support.js';
import type { TuningCourse } from './tuning-text.js';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

/** A folder with an untrained network for MNIST, and the arguments that train it. */
async function untrained(samples: number) {
  const folder = emptyFolder();
  const student = join(folder, 'student');
  const dense = (units: number, seed: number) => ({
    units,
    kernelInitializer: tf.initializers.glorotUniform({ seed }),
  });
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [28, 28, 1] }),
      tf.layers.dense({ ...dense(24, 1), activation: 'relu' }),
      tf.layers.dropout({ rate: 0.1 }),
      tf.layers.dense({ ...dense(10, 2), activation: 'softmax' }),
    ],
  });
  await model.save(modelFiles(student));
  model.dispose();
  const data = await mnistNpz(folder, 'train', samples);
  const args = (output: string, epochs: number, ...more: string[]) => [
    ...['tune', student, '--data', data, '--array', 'x', '--epochs', `${epochs}`, '--backend', 'wasm'],
    ...['-o', join(folder, output), ...more],
  ];
  return { folder, args, labels: ['--labels', data, '--labels-array', 'y'] };
}

async function weightsIn(folder: string): Promise<number[][]> {
  const model = await tf.loadLayersModel(modelFiles(folder));
  const weights = model.getWeights().map((weight) => Array.from(weight.dataSync()));
  model.dispose();
  return weights;
}

/** What stays the same when a run is repeated. */
const withoutTimes = ({ epochs, ...course }: TuningCourse) => ({
  ...course,
  epochs: epochs.map(({ seconds: _, ...epoch }) => epoch),
});

test('Ctrl-C stores the best weights, and a resumed run ends as an uninterrupted one, to the last bit', async () => {
  const { folder, args, labels } = await untrained(1500);
  const running = start(args('tuned', 10, ...labels));
  while (!(await readdir(folder)).includes('tuned.partial')) await setTimeout(1);
  running.kill('SIGINT');
  const stopped = await running.ended;
  expect(stopped).toMatchObject({
    code: 130,
    stdout: expect.stringMatching(
      /The best weights so far are those of epoch \d+\.\nSaved in .*tuned.*\n.*--resume goes on after epoch \d+/,
    ),
    stderr: 'fuseinit: Stopped. (ABORTED)\n',
  });
  expect((await readdir(folder)).sort()).toEqual(['student', 'train.npz', 'tuned', 'tuned.partial']);
  expect(await readdir(join(folder, 'tuned'))).toContain('model.json');

  expect(await fuseinit(args('tuned', 10, ...labels))).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/\.partial is of a run that was stopped.*--resume/),
  });
  expect(await fuseinit(args('tuned', 11, ...labels, '--resume'))).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/--epochs 10, and now it is --epochs 11.*\(CHECKPOINT_MISMATCH\)/),
  });
  const resumed = await fuseinit(args('tuned', 10, ...labels, '--resume', '--json'));
  expect(resumed).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/Goes on with .*after epoch \d+ of 10/),
  });
  expect((await readdir(folder)).sort()).toEqual(['student', 'train.npz', 'tuned']);

  const whole = await fuseinit(args('whole', 10, ...labels, '--json'));
  const [ours, theirs] = [resumed, whole].map(({ stdout }) => {
    const { bestEpoch, startValidationLoss, rateSearch, startScore, scoredBy, loss, stoppedBy, epochs } =
      JSON.parse(stdout) as TuningCourse;
    return withoutTimes({
      bestEpoch,
      startValidationLoss,
      rateSearch,
      startScore,
      scoredBy,
      loss,
      stoppedBy,
      epochs,
    });
  });
  expect(ours).toEqual(theirs);
  expect(ours!.epochs).toHaveLength(10);
  expect(await weightsIn(join(folder, 'tuned'))).toEqual(await weightsIn(join(folder, 'whole')));
}, 120_000);

test('accuracy is told by epoch, and the learning rate with those that were tried', async () => {
  const { folder, args, labels } = await untrained(600);
  const onLabels = await fuseinit(args('labelled', 2, ...labels));
  expect(onLabels.stdout).toMatch(
    /epoch +loss +validation +accuracy +rate +time\n.*start +- +\d\.\d+ +\d+\.\d % /,
  );
  expect(onLabels.stdout).toMatch(
    /Accuracy is on 200 samples that were held out\.\n.*\nLearning rate \S+, falling along a cosine: the loss was .* after 26 steps each .* at 0\.0003, .* at 0\.001/,
  );
  const onTeacher = await fuseinit(args('taught', 1, '--teacher', join(folder, 'labelled'), '--json'));
  const { startScore, scoredBy, epochs } = JSON.parse(onTeacher.stdout) as TuningCourse;
  expect([scoredBy, startScore!.count]).toEqual(['teacher', 200]);
  expect(epochs[0]!.score!.value).toBeGreaterThan(startScore!.value);
}, 120_000);

test('where there is room for the student but not for a checkpoint, it is trained all the same', async () => {
  const { folder, args, labels } = await untrained(300);
  // The student takes 76 KiB, a checkpoint four times that.
  const done = await fuseinit(args('tuned', 2, ...labels, '--learning-rate', '0.001'), { fileBlocks: 300 });
  expect(done).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^fuseinit: warning: The training has no checkpoint to resume from: .*\n$/),
  });
  expect((await readdir(folder)).sort()).toEqual(['student', 'train.npz', 'tuned']);
}, 60_000);
