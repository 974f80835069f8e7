import { type LinearAlgebra, referenceLinearAlgebra } from '@fuseinit/core';
import { createLinearAlgebra } from '@fuseinit/linalg';
import {
  fingerprint,
  predictionDistance,
  reloaded,
  seededData,
  seedWeights,
  tf,
} from '@fuseinit/test-inputs/seeded-models';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLinalgBackend } from '../backend/create-linalg-backend.js';
import { findSpans } from '../find-spans.js';
import type { LayersModel } from '../tensorflow.js';
import { fuse } from './fuse.js';

// Float32 is precise to 1e-7 of each number, and products of 512 rows to 1e-6. Solving multiplies the error
// by the condition number, which is at most a hundred for white inputs.
const exact = 1e-3;
// A relative MSE is a difference of moments, which are precise to 1e-6 with float32 products. Below that it
// can't be distinguished from 0.
const relativeMseOfExact = 1e-6;

let tensorsBefore = 0;
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

function convNet(): LayersModel {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ name: 'conv1', filters: 4, kernelSize: 3, padding: 'same', inputShape: [8, 8, 2] }),
      tf.layers.batchNormalization({ name: 'bn1' }),
      tf.layers.reLU({ name: 'relu1' }),
      tf.layers.conv2d({ name: 'conv2', filters: 5, kernelSize: 3, padding: 'same', activation: 'relu' }),
      tf.layers.maxPooling2d({ name: 'pool', poolSize: 2 }),
      tf.layers.dropout({ name: 'dropout', rate: 0.5 }),
      tf.layers.conv2d({
        name: 'conv3',
        filters: 3,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        activation: 'elu',
      }),
      tf.layers.flatten({ name: 'flatten' }),
      tf.layers.dense({ name: 'dense1', units: 6, activation: 'tanh' }),
      tf.layers.dense({ name: 'dense2', units: 3, activation: 'softmax' }),
    ],
  });
  return seedWeights(model, 1);
}

const images = seededData([60, 8, 8, 2], 2);

describe('a student', () => {
  test('is named readably, smaller in depth, and ends as the teacher does', async () => {
    const teacher = convNet();
    const { student, report } = await fuse(teacher, {
      tf,
      spans: [{ from: 'conv1', to: 'conv2' }],
      calibrationData: images,
    });
    expect(student.layers.map(({ name }) => name)).toEqual([
      'conv1_input',
      'conv1_conv2',
      'pool',
      'dropout',
      'conv3',
      'flatten',
      'dense1',
      'dense2',
    ]);
    expect(report.spans[0]!.layers).toEqual(['conv1', 'bn1', 'relu1', 'conv2']);
    expect(report.student.depth).toBe(report.teacher.depth - 1);
    expect(student.getLayer('conv1_conv2').getConfig()).toMatchObject({
      activation: 'relu',
      padding: 'same',
    });
    expect(report.refits.map(({ name }) => name)).toEqual(['conv3', 'dense1', 'dense2']);
    student.dispose();
    teacher.dispose();
  });

  test('takes the spans that findSpans gives, whose kernel size is the whole receptive field or null', async () => {
    const teacher = convNet();
    const [conv, dense] = ['conv3', 'dense2'].map(
      (to) => findSpans(teacher).legal.findLast((span) => span.to === to)!,
    );
    expect(dense!.kernelSize).toBeNull();
    const { student, report } = await fuse(teacher, {
      tf,
      spans: [{ ...conv!, kernelSize: null }, dense!],
      kernelSize: 3,
      calibrationData: images,
    });
    expect(conv!.kernelSize).not.toEqual([3, 3]);
    expect(report.spans.map(({ geometry }) => geometry?.kernelSize ?? null)).toEqual([
      conv!.kernelSize,
      null,
    ]);
    student.dispose();
    teacher.dispose();
  });

  test('outlives its teacher and leaves it as it was', async () => {
    const teacher = convNet();
    const before = fingerprint(teacher);
    const { student } = await fuse(teacher, {
      tf,
      spans: [{ from: 'conv2', to: 'conv3' }],
      calibrationData: images,
    });
    const copy = await reloaded(student);
    expect(fingerprint(teacher)).toBe(before);
    teacher.dispose();
    expect(predictionDistance(student, copy, [1, 8, 8, 2])).toBe(0);
    student.dispose();
    copy.dispose();
  });

  test.each([
    ['same', { from: 'conv1', to: 'conv2' }],
    ['padded, smaller kernel', { from: 'conv2', to: 'conv3', kernelSize: 3 }],
    ['dense from images', { from: 'conv3', to: 'dense1' }],
    ['dense', { from: 'dense1', to: 'dense2' }],
    ['all of it', { from: 'conv1', to: 'dense2' }],
  ] as const)('saves and loads in plain tfjs with equal predictions: %s', async (_name, span) => {
    const teacher = convNet();
    const { student } = await fuse(teacher, { tf, spans: [span], calibrationData: images, ridge: 1e-3 });
    const copy = await reloaded(student);
    expect(predictionDistance(student, copy, [4, 8, 8, 2])).toBe(0);
    for (const model of [teacher, student, copy]) model.dispose();
  });

  test('is compiled as the teacher was', async () => {
    const teacher = convNet();
    teacher.compile({ optimizer: tf.train.sgd(0.125), loss: 'meanSquaredError', metrics: ['accuracy'] });
    const { student } = await fuse(teacher, {
      tf,
      spans: [{ from: 'dense1', to: 'dense2' }],
      calibrationData: images,
    });
    expect(student.loss).toBe('meanSquaredError');
    expect(student.optimizer.getConfig()).toEqual({ learningRate: 0.125 });
    const input = tf.zeros([2, 8, 8, 2]);
    const labels = tf.zeros([2, 3]);
    const history = await student.fit(input, labels, { epochs: 1, verbose: 0 });
    expect(history.history.loss![0]).toBeGreaterThan(0);
    // The caller disposes of the teacher's optimizer.
    teacher.optimizer.dispose();
    for (const thing of [student, teacher, input, labels]) thing.dispose();
  });
});

describe('linear layers and valid padding between', () => {
  const linear: readonly (readonly [string, () => LayersModel, string, string, readonly number[]])[] = [
    [
      'conv2d with strides and dilation',
      () =>
        tf.sequential({
          layers: [
            tf.layers.conv2d({
              name: 'a',
              filters: 3,
              kernelSize: [2, 3],
              strides: [2, 1],
              inputShape: [11, 10, 2],
            }),
            tf.layers.conv2d({
              name: 'b',
              filters: 2,
              kernelSize: 2,
              dilationRate: [1, 2],
              padding: 'valid',
            }),
          ],
        }),
      'a',
      'b',
      [80, 11, 10, 2],
    ],
    [
      'conv1d',
      () =>
        tf.sequential({
          layers: [
            tf.layers.conv1d({ name: 'a', filters: 3, kernelSize: 3, strides: 2, inputShape: [17, 2] }),
            tf.layers.conv1d({ name: 'b', filters: 2, kernelSize: 2 }),
          ],
        }),
      'a',
      'b',
      [120, 17, 2],
    ],
    [
      'depthwise and pointwise',
      () =>
        tf.sequential({
          layers: [
            tf.layers.depthwiseConv2d({
              name: 'a',
              kernelSize: 3,
              depthMultiplier: 2,
              inputShape: [8, 7, 2],
            }),
            tf.layers.conv2d({ name: 'b', filters: 3, kernelSize: 1 }),
          ],
        }),
      'a',
      'b',
      [80, 8, 7, 2],
    ],
    [
      'dense on the last axis of sequences',
      () =>
        tf.sequential({
          layers: [
            tf.layers.dense({ name: 'a', units: 4, inputShape: [6, 3] }),
            tf.layers.dense({ name: 'b', units: 2 }),
          ],
        }),
      'a',
      'b',
      [60, 6, 3],
    ],
    [
      'convolution, padding layer, global pooling and dense',
      () =>
        tf.sequential({
          layers: [
            tf.layers.conv2d({ name: 'a', filters: 3, kernelSize: 2, inputShape: [4, 4, 2] }),
            tf.layers.globalAveragePooling2d({ name: 'pool' }),
            tf.layers.dense({ name: 'b', units: 2 }),
          ],
        }),
      'a',
      'b',
      [400, 4, 4, 2],
    ],
  ];

  test.each(linear)('make the student equal to the teacher: %s', async (_name, make, from, to, shape) => {
    const teacher = seedWeights(make(), 3);
    const { student, report } = await fuse(teacher, {
      tf,
      spans: [{ from, to }],
      calibrationData: seededData(shape, 4),
      ridge: 0,
    });
    expect(report.spans[0]!.heldOutRelativeMse).toBeLessThan(relativeMseOfExact);
    expect(predictionDistance(teacher, student, [3, ...shape.slice(1)])).toBeLessThan(exact);
    student.dispose();
    teacher.dispose();
  });
});

test('layers are solved by the linear algebra that was given', async () => {
  const teacher = convNet();
  const sizes: number[] = [];
  const linearAlgebra: LinearAlgebra = {
    ...referenceLinearAlgebra,
    async solvePositive(...system) {
      sizes.push(system[1]);
      return referenceLinearAlgebra.solvePositive(...system);
    },
  };
  const options = {
    tf,
    spans: [{ from: 'dense1', to: 'dense2' }],
    calibrationData: images,
    ridge: 1e-3,
  };
  const linalg = await createLinearAlgebra();
  const backend = { ...createLinalgBackend(linalg), linearAlgebra };
  const [given, usual] = [await fuse(teacher, { ...options, backend }), await fuse(teacher, options)];
  await linalg.close();
  expect(sizes).toEqual([12]);
  expect(fingerprint(given.student)).toBe(fingerprint(usual.student));
  for (const model of [teacher, given.student, usual.student]) model.dispose();
});

describe('report', () => {
  test('tells of a network made larger', async () => {
    const teacher = convNet();
    const { student, report } = await fuse(teacher, {
      tf,
      spans: [{ from: 'conv3', to: 'dense1' }],
      calibrationData: images,
    });
    expect(report.student.parameters).toBeGreaterThan(report.teacher.parameters);
    expect(report.warnings.join()).toMatch(/larger: \d+ parameters/);
    expect(report.warnings.join()).toMatch(/samples give 40 rows for 80 inputs/);
    student.dispose();
    teacher.dispose();
  });

  test("refitting lowers each layer's held-out error, and the output's", async () => {
    const teacher = convNet();
    const spans = [{ from: 'conv1', to: 'conv2' }];
    // With 400 samples, only 40 would be held out, and which of the two is better would depend on the seed.
    const calibrationData = seededData([1600, 8, 8, 2], 6);
    const plain = await fuse(teacher, { tf, spans, calibrationData, refit: 'none' });
    const refitted = await fuse(teacher, { tf, spans, calibrationData });
    expect(plain.report.refits).toEqual([]);
    for (const { heldOutRelativeMse, unfittedHeldOutRelativeMse } of refitted.report.refits) {
      expect(heldOutRelativeMse!).toBeLessThan(unfittedHeldOutRelativeMse!);
    }
    expect(refitted.report.outputRelativeMse[0]!.relativeMse).toBeLessThan(
      plain.report.outputRelativeMse[0]!.relativeMse,
    );
    for (const model of [plain.student, refitted.student, teacher]) model.dispose();
  });

  test('propagating from the student beats collecting from the teacher', async () => {
    const teacher = convNet();
    const options = {
      tf,
      spans: [
        { from: 'conv1', to: 'conv2' },
        { from: 'conv3', to: 'dense1' },
      ],
      calibrationData: seededData([400, 8, 8, 2], 6),
      refit: 'none',
    } as const;
    const student = await fuse(teacher, options);
    const fromTeacher = await fuse(teacher, { ...options, propagate: 'teacher' });
    expect(student.report.outputRelativeMse[0]!.relativeMse).toBeLessThan(
      fromTeacher.report.outputRelativeMse[0]!.relativeMse,
    );
    for (const model of [student.student, fromTeacher.student, teacher]) model.dispose();
  });
});
