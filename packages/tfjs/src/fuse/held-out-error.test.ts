import { uniformStream } from '@fuseinit/core';
import { tf } from '@fuseinit/test-inputs/seeded-models';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { disposeModel } from '../network/write-layers-model.js';
import type { LayersModel, Tensor } from '../tensorflow.js';
import { fuse } from './fuse.js';
import type { FuseOptions } from './fuse-options.js';

/** Standard normal numbers, the same on every platform for a given seed. */
function normals(count: number, seed: number): Float32Array {
  const uniform = uniformStream(seed);
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

const dense = (name: string, units: number, more = {}) =>
  tf.layers.dense({ name, units, activation: 'relu', ...more });

/**
 * The mean square error of a student's outputs relative to the variance of its teacher's, on inputs that no
 * fusion used.
 */
function trueError(teacher: LayersModel, student: LayersModel, inputs: Float32Array, width: number): number {
  return tf.tidy(() => {
    const x = tf.tensor2d(inputs, [inputs.length / width, width]);
    const expected = teacher.predict(x) as Tensor;
    const error = tf.mean(tf.square(tf.sub(expected, student.predict(x) as Tensor)));
    const variance = tf.mean(tf.square(tf.sub(expected, tf.mean(expected, 0))));
    return error.dataSync()[0]! / variance.dataSync()[0]!;
  });
}

let tensorsBefore = 0;
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

describe('what is reported is what is true', () => {
  // Five directions whose standard deviations span three decades are mixed into 21 inputs. The teacher's
  // first layer is as sensitive to the smallest as to the largest, so that weights are large and float32 sums
  // hardly resolve the error.
  const [directions, inputs] = [5, 21];
  const deviations = Array.from({ length: directions }, (_, at) => 10 ** ((-3 * at) / (directions - 1)));

  function drawn(seed: number) {
    const mixing = normals(directions * inputs, seed);
    const rows = (count: number, from: number) => {
      const draws = normals(count * directions, from);
      const data = new Float32Array(count * inputs);
      for (let row = 0; row < count; row++)
        for (let at = 0; at < directions; at++)
          for (let input = 0; input < inputs; input++)
            data[row * inputs + input]! +=
              draws[row * directions + at]! * deviations[at]! * mixing[at * inputs + input]!;
      return data;
    };
    const teacher = tf.sequential({
      layers: [dense('a', 20, { inputShape: [inputs] }), dense('b', 1, { activation: 'linear' })],
    });
    tf.tidy(() => {
      const scaled = Float32Array.from(
        mixing,
        (value, at) => value / deviations[Math.floor(at / inputs)]! / inputs,
      );
      const weights = tf.matMul(
        tf.tensor2d(scaled, [directions, inputs]),
        tf.tensor2d(normals(directions * 20, seed + 1), [directions, 20]),
        true,
      );
      teacher.setWeights([
        weights,
        tf.tensor1d(normals(20, seed + 2)),
        tf.tensor2d(normals(20, seed + 3), [20, 1]),
        tf.tensor1d([0]),
      ]);
    });
    return { teacher, rows };
  }

  // 300 held-out samples determine the error to about a tenth. Errors computed from moments were off by a
  // factor of two or more in 2 of 3 such reports.
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('inputs whose directions span three decades, %d', async (seed) => {
    const { teacher, rows } = drawn(100 * seed);
    const { student, report } = await fuse(teacher, {
      tf,
      spans: [{ from: 'a', to: 'b' }],
      calibrationData: { data: rows(3000, 10 * seed), shape: [3000, inputs] },
    });
    const ratio = report.spans[0]!.heldOutRelativeMse! / trueError(teacher, student, rows(4000, 7), inputs);
    expect(ratio).toBeGreaterThan(0.7);
    expect(ratio).toBeLessThan(1.4);
    expect(report.spans[0]!.relativeMse).toBeGreaterThanOrEqual(report.spans[0]!.diagnostics.rounding);
    for (const model of [teacher, student]) disposeModel(model);
  });
});

describe('a refit', () => {
  const teacherOf = () =>
    tf.sequential({
      layers: [
        dense('a', 40, {
          inputShape: [12],
          kernelInitializer: tf.initializers.glorotNormal({ seed: 1 }),
        }),
        dense('b', 40, { kernelInitializer: tf.initializers.glorotNormal({ seed: 2 }) }),
        dense('c', 40, { kernelInitializer: tf.initializers.glorotNormal({ seed: 3 }) }),
        dense('d', 4, {
          activation: 'linear',
          kernelInitializer: tf.initializers.glorotNormal({ seed: 4 }),
        }),
      ],
    });
  const fused = (teacher: LayersModel, samples: number, more: Partial<FuseOptions> = {}) =>
    fuse(teacher, {
      tf,
      spans: [{ from: 'a', to: 'b' }],
      calibrationData: { data: normals(samples * 12, 5), shape: [samples, 12] },
      ...more,
    });

  test('that makes its layer worse on held-out samples is not applied, and the report says so', async () => {
    const teacher = teacherOf();
    const { student, report } = await fused(teacher, 20, { ridge: 1e-3 });
    const [c] = report.refits;
    expect(c!.heldOutRelativeMse).toBeGreaterThan(c!.unfittedHeldOutRelativeMse!);
    expect(c!.applied).toBe(false);
    expect(report.warnings).toContainEqual(expect.stringMatching(/^The refit of "c" wasn't applied.*worse/));
    const kernelOf = (model: LayersModel) => [...model.getLayer('c').getWeights()[0]!.dataSync()];
    expect(kernelOf(student)).toEqual(kernelOf(teacher));
    for (const model of [teacher, student]) disposeModel(model);
  });

  test('that makes it better is', async () => {
    const teacher = teacherOf();
    const { student, report } = await fused(teacher, 2000);
    expect(report.refits.map(({ name, applied }) => [name, applied])).toEqual([
      ['c', true],
      ['d', true],
    ]);
    const { student: unfitted } = await fused(teacher, 2000, { refit: 'none' });
    const test = normals(3000 * 12, 99);
    expect(trueError(teacher, student, test, 12)).toBeLessThan(trueError(teacher, unfitted, test, 12));
    for (const model of [teacher, student, unfitted]) disposeModel(model);
  });

  test('too few held-out samples to tell are warned of with their spread', async () => {
    const teacher = teacherOf();
    const { student, report } = await fused(teacher, 40, { refit: 'none' });
    expect(report.warnings).toContainEqual(
      expect.stringMatching(/held-out error of "a_b" is .* with a standard error of .*, from 13 samples/),
    );
    expect(report.warnings).toContainEqual(
      expect.stringMatching(/held-out error of the output "d.*" is .* with a standard error of .*, from 13 /),
    );
    expect(report.heldOut).toEqual({ share: 1 / 3, samples: 13 });
    expect(report.spans[0]!.heldOutStandardError).toBeGreaterThan(0);
    for (const model of [teacher, student]) disposeModel(model);
  });
});

test('the units of an input make no difference', async () => {
  const errorAt = async (scale: number) => {
    const scaled = (values: Float32Array) =>
      values.map((value, at) => (at % 4 === 0 ? scale * value : value));
    const teacher = tf.sequential({
      layers: [dense('a', 10, { inputShape: [4] }), dense('b', 6, { activation: 'linear' })],
    });
    tf.tidy(() =>
      teacher.setWeights([
        tf.tensor2d(
          normals(40, 4).map((value, at) => (at < 10 ? value / scale : value)),
          [4, 10],
        ),
        tf.tensor1d(normals(10, 5)),
        tf.tensor2d(normals(60, 8), [10, 6]),
        tf.tensor1d(normals(6, 9)),
      ]),
    );
    const { student, report } = await fuse(teacher, {
      tf,
      spans: [{ from: 'a', to: 'b' }],
      calibrationData: { data: scaled(normals(2000 * 4, 99)), shape: [2000, 4] },
    });
    for (const model of [teacher, student]) disposeModel(model);
    return report.spans[0]!.heldOutRelativeMse!;
  };
  const [one, million] = [await errorAt(1), await errorAt(2 ** 20)];
  // Scaling by powers of two changes no digits in float32, except for those of the ridge.
  expect(million / one).toBeCloseTo(1, 5);
});
