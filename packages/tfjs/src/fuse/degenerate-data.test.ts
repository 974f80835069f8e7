import { predictionDistance, seeded, seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { describe, expect, test } from 'vitest';
import type { LayersModel } from '../tensorflow.js';
import { fuse } from './fuse.js';

const span = { from: 'a', to: 'b' };

/** A linear network, so that the best affine map is the teacher itself wherever the data determine it. */
function linearNet(): LayersModel {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ name: 'a', units: 5, inputShape: [4] }),
      tf.layers.dense({ name: 'b', units: 3 }),
    ],
  });
  return seedWeights(model, 41);
}

function rowsOf(count: number, seed: number, row: (next: () => number) => number[]) {
  const next = seeded(seed);
  const data = Float32Array.from(Array.from({ length: count }, () => row(next)).flat());
  return { data, shape: [count, 4] };
}

const finite = (model: LayersModel) =>
  model.weights.every((weight) =>
    weight
      .read()
      .dataSync()
      .every((value) => Number.isFinite(value)),
  );

describe('data that do not tell everything', () => {
  test('a constant channel gets weight 0 and its effect goes into the bias', async () => {
    const teacher = linearNet();
    const data = rowsOf(200, 42, (next) => [next(), 3, next(), next()]);
    const { student, report } = await fuse(teacher, { tf, spans: [span], calibrationData: data, ridge: 0 });
    const [kernel] = student.getLayer('a_b').getWeights();
    expect([...kernel!.dataSync().subarray(3, 6)]).toEqual([0, 0, 0]);
    // The tolerance is for float32 moments of 200 rows.
    expect(report.spans[0]!.heldOutRelativeMse).toBeLessThan(1e-6);
    expect(report.spans[0]!.diagnostics.deadInputs).toEqual([1]);
    for (const model of [student, teacher]) model.dispose();
  });

  test.each([0, 'auto', 1e-3] as const)(
    'duplicate channels are reported, solved and exact: ridge %s',
    async (ridge) => {
      const teacher = linearNet();
      const data = rowsOf(200, 43, (next) => {
        const twin = next();
        return [twin, next(), twin, next()];
      });
      const { student, report } = await fuse(teacher, { tf, spans: [span], calibrationData: data, ridge });
      expect(finite(student)).toBe(true);
      // A ridge of 1e-3 shrinks the weights by a thousandth, whose square is the error.
      expect(report.spans[0]!.heldOutRelativeMse).toBeLessThan(3e-6);
      if (ridge === 0) expect(report.spans[0]!.diagnostics.dependentInputs).toEqual([2]);
      for (const model of [student, teacher]) model.dispose();
    },
  );

  test('inputs none of which varies: no error, and a warning that this tells nothing', async () => {
    const teacher = linearNet();
    const data = rowsOf(50, 42, () => [1, 3, 0, -2]);
    const { student, report } = await fuse(teacher, { tf, spans: [span], calibrationData: data });
    expect(report.spans[0]!.heldOutRelativeMse).toBe(0);
    expect(report.warnings.join()).toMatch(/No input of "a_b" varies in the calibration data/);
    for (const model of [student, teacher]) model.dispose();
  });

  test('more inputs than samples: a warning with the number that would do, and finite weights', async () => {
    const teacher = seedWeights(
      tf.sequential({
        layers: [
          tf.layers.dense({ name: 'a', units: 5, inputShape: [60] }),
          tf.layers.dense({ name: 'b', units: 3 }),
        ],
      }),
      44,
    );
    const { student, report } = await fuse(teacher, {
      tf,
      spans: [span],
      calibrationData: seededData([20, 60], 45),
    });
    expect(report.warnings.join()).toMatch(
      /13 samples give 13 rows for 60 inputs at "a_b".* 61 samples or more/,
    );
    expect(finite(student)).toBe(true);
    for (const model of [student, teacher]) model.dispose();
  });

  test('a teacher whose output is constant: the student gives the constant, relative MSE 0', async () => {
    const teacher = linearNet();
    tf.tidy(() => teacher.getLayer('b').setWeights([tf.zeros([5, 3]), tf.tensor1d([1, -2, 3])]));
    const { student, report } = await fuse(teacher, {
      tf,
      spans: [span],
      calibrationData: seededData([50, 4], 46),
    });
    expect(report.spans[0]!.relativeMse).toBe(0);
    expect(report.spans[0]!.heldOutRelativeMse).toBe(0);
    expect(report.outputRelativeMse[0]!.relativeMse).toBe(0);
    expect(predictionDistance(teacher, student, [3, 4])).toBe(0);
    for (const model of [student, teacher]) model.dispose();
  });

  test('a batch of one image: solved on its positions, nothing held out, and said so', async () => {
    const teacher = seedWeights(
      tf.sequential({
        layers: [
          tf.layers.conv2d({ name: 'a', filters: 3, kernelSize: 3, inputShape: [16, 16, 1] }),
          tf.layers.conv2d({ name: 'b', filters: 2, kernelSize: 3 }),
        ],
      }),
      47,
    );
    const { student, report } = await fuse(teacher, {
      tf,
      spans: [span],
      calibrationData: seededData([1, 16, 16, 1], 48),
    });
    expect(report.spans[0]).toMatchObject({ samples: 1, heldOutSamples: 0, heldOutRelativeMse: null });
    expect(report.outputMeasuredOn).toBe('calibrationData');
    expect(report.warnings.join()).toMatch(/No sample was held out/);
    for (const model of [student, teacher]) model.dispose();
  });

  test('an even kernel has no exact middle: it stands half a position to the start, and the report says so', async () => {
    const teacher = seedWeights(
      tf.sequential({
        layers: [
          tf.layers.conv2d({ name: 'a', filters: 3, kernelSize: 3, inputShape: [9, 9, 1] }),
          tf.layers.conv2d({ name: 'b', filters: 2, kernelSize: 3 }),
        ],
      }),
      49,
    );
    const { student, report } = await fuse(teacher, {
      tf,
      spans: [{ ...span, kernelSize: 4 }],
      calibrationData: seededData([30, 9, 9, 1], 50),
    });
    expect(report.spans[0]!.geometry?.kernelSize).toEqual([4, 4]);
    expect(report.warnings.join()).toMatch(
      /\[4,4\] of "a_b" has no exact middle in the receptive field \[5,5\]/,
    );
    for (const model of [student, teacher]) model.dispose();
  });
});
