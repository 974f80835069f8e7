import {
  type BackendAdapter,
  FuseInitError,
  type LinearAlgebra,
  ndArray,
  referenceBackend,
  referenceLinearAlgebra,
} from '@fuseinit/core';
import { fingerprint, seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CalibrationData } from '../calibration/calibration-data.js';
import { disposeModel } from '../network/write-layers-model.js';
import type { LayersModel, Tensor } from '../tensorflow.js';
import { createCheckpoint } from './checkpoint.js';
import { fuse } from './fuse.js';
import type { FuseOptions } from './fuse-options.js';

const inputs = 60;
/** The number of inputs of the refitted layer. */
const refitInputs = 48;
const samples = 30;
const rows = seededData([samples, inputs], 91);

/** The same samples in the same batches, with their number known and unknown. */
const told: CalibrationData = rows;
const untold: CalibrationData = {
  async *[Symbol.asyncIterator]() {
    yield rows;
  },
};

let teacher: LayersModel;
let tensorsBefore = 0;
beforeEach(() => {
  const dense = (name: string, units: number, more = {}) =>
    tf.layers.dense({ name, units, activation: 'tanh', ...more });
  const layers = [dense('a', 50, { inputShape: [inputs] }), dense('b', refitInputs), dense('c', 3)];
  teacher = seedWeights(tf.sequential({ layers }), 92);
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
  teacher.dispose();
});

/**
 * A backend that computes moments in float64 and counts its calls, so that the two ways differ by the
 * rounding of the solver alone.
 */
function hostBackend(): BackendAdapter<Tensor> & { moments: number } {
  const backend = {
    specVersion: 1 as const,
    name: 'host',
    floatPrecision: 32 as const,
    maxTensorSize: Number.POSITIVE_INFINITY,
    linearAlgebra: referenceLinearAlgebra,
    moments: 0,
    read: (tensor: Tensor) => tensor.data(),
    async patchMoments(input: Tensor, target: Tensor, geometry: null) {
      backend.moments++;
      const [x, z] = [await input.data(), await target.data()];
      return referenceBackend.patchMoments(ndArray(input.shape, x), ndArray(target.shape, z), geometry);
    },
  };
  return backend as BackendAdapter<Tensor> & { moments: number };
}

async function fused(calibrationData: CalibrationData, more: Partial<FuseOptions> = {}) {
  const { student, report } = await fuse(teacher, {
    tf,
    backend: hostBackend(),
    spans: [{ from: 'a', to: 'b' }],
    calibrationData,
    // The default depends on the number of samples, which isn't always known.
    heldOut: 0.1,
    batchSize: 8,
    ...more,
  });
  const weights = fingerprint(student);
  const kernels = student.weights.flatMap((weight) => [...weight.read().dataSync()]);
  disposeModel(student);
  return { report, weights, kernels, solved: [...report.spans, ...report.refits] };
}

describe('layers that see fewer rows than inputs', () => {
  test.each(['auto', 1e-2] as const)(
    'are solved by rows to what moments of the same samples give: ridge %s',
    async (ridge) => {
      const [few, many] = [hostBackend(), hostBackend()];
      const byRows = await fused(told, { ridge, backend: few });
      const byMoments = await fused(untold, { ridge, backend: many });
      expect(few.moments).toBe(0);
      expect(many.moments).toBeGreaterThan(0);
      expect(byRows.kernels.length).toBe(byMoments.kernels.length);
      // Float64 solutions with a condition number of some thousands differ by 1e-12. That may change the
      // rounding of a weight of size 1 to float32, by 1e-7, and then the refitted layer.
      const rounding = 1e-6;
      for (const [at, value] of byRows.kernels.entries())
        expect(Math.abs(value - byMoments.kernels[at]!)).toBeLessThan(rounding);
      expect(byRows.report.refits.map(({ name }) => name)).toEqual(['c']);
      expect(byRows.report.warnings).toEqual(byMoments.report.warnings);
      expect(byRows.report.warnings.join()).toMatch(/27 rows for 48 inputs at "c"/);
      for (const [at, { diagnostics, ...solved }] of byRows.solved.entries()) {
        const { diagnostics: expected, ...other } = byMoments.solved[at]!;
        for (const error of ['relativeMse', 'heldOutRelativeMse', 'unfittedHeldOutRelativeMse'] as const) {
          const [one, two] = [solved, other].map((of) => (error in of ? of[error as 'relativeMse'] : null));
          expect(one === null).toBe(two === null);
          expect(Math.abs(one! - two!)).toBeLessThan(rounding);
        }
        const { samples: taken, heldOutSamples, ridge: chosen } = other;
        expect(solved).toMatchObject({ samples: taken, heldOutSamples, ridge: chosen });
        const { count, patchSize, deadInputs, causes } = expected;
        expect(diagnostics).toMatchObject({ count, patchSize, deadInputs, causes });
      }
    },
  );

  test('need no array of as many numbers as a covariance has', async () => {
    const sizes: number[] = [];
    const watched: LinearAlgebra = {
      name: 'watched',
      solvePositive(matrix, size, rightSides, tolerance) {
        sizes.push(matrix.length, rightSides.length);
        return referenceLinearAlgebra.solvePositive(matrix, size, rightSides, tolerance);
      },
      multiplyTransposed(a, b, inner) {
        sizes.push(a.length, b.length, (a.length / inner) * (b.length / inner));
        return referenceLinearAlgebra.multiplyTransposed(a, b, inner);
      },
    };
    const backend: BackendAdapter<Tensor> = {
      ...hostBackend(),
      linearAlgebra: watched,
      patchMoments: () => Promise.reject(new Error('moments were asked for')),
    };
    // The network has no kernel as large as the covariance.
    const narrow = seedWeights(
      tf.sequential({
        layers: [
          tf.layers.dense({ name: 'a', units: 5, inputShape: [inputs] }),
          tf.layers.dense({ name: 'b', units: 4 }),
        ],
      }),
      93,
    );
    const { student } = await fuse(narrow, {
      tf,
      backend,
      spans: [{ from: 'a', to: 'b' }],
      calibrationData: told,
      heldOut: 0.1,
    });
    // The largest array consists of the rows themselves.
    expect(Math.max(...sizes)).toBe(27 * inputs);
    for (const model of [student, narrow]) disposeModel(model);
  });

  test('are solved by rows where a number of samples was asked for, and fewer came', async () => {
    const [backend, other] = [hostBackend(), hostBackend()];
    const asked = await fused(untold, { samples: 35, backend });
    expect(backend.moments).toBe(0);
    expect(asked.solved.map(({ samples: taken }) => taken)).toEqual([27, 27]);
    expect(asked.weights).toBe((await fused(told, { backend: other })).weights);
  });

  test('are solved by rows with nothing held out', async () => {
    const backend = hostBackend();
    const { report, solved } = await fused(told, { heldOut: 0, backend });
    expect(backend.moments).toBe(0);
    expect(solved.map(({ heldOutRelativeMse }) => heldOutRelativeMse)).toEqual([null, null]);
    expect(report.refits[0]!.unfittedHeldOutRelativeMse).toBeNull();
    expect(report.warnings.join()).toMatch(/No sample was held out/);
  });
});

test.each<[string, CalibrationData, Partial<FuseOptions>]>([
  ['channels solved apart', told, { channelCoupling: 'independent' }],
  ["samples 'auto'", told, { samples: 'auto' }],
  ['unknown samples', untold, {}],
  ['more rows than three quarters of the inputs', seededData([60, inputs], 94), {}],
])('moments are gathered for %s', async (_title, data, more) => {
  const backend = hostBackend();
  await fused(data, { ...more, backend });
  expect(backend.moments).toBeGreaterThan(0);
});

test('moments are gathered without a ridge, which so few rows are refused for', async () => {
  const backend = hostBackend();
  await expect(fused(told, { ridge: 0, backend })).rejects.toMatchObject({ code: 'SAMPLES_TOO_FEW' });
  expect(backend.moments).toBeGreaterThan(0);
});

test('NaN in a row is named with its batch', async () => {
  const data = Float32Array.from(rows.data);
  data[17 * inputs + 5] = Number.NaN;
  await expect(fused({ ...rows, data })).rejects.toMatchObject({
    code: 'VALUE_NOT_FINITE',
    layerName: 'a_b',
    message: expect.stringMatching(/^Batch 2 holds .* in the input at "a_b"/),
  });
});

describe('a checkpoint', () => {
  /** A backend whose device is lost after a number of reads. */
  function mortal(reads: number): BackendAdapter<Tensor> {
    const backend = hostBackend();
    let left = reads;
    return {
      ...backend,
      read(tensor) {
        if (left-- <= 0) throw new FuseInitError('DEVICE_LOST', 'gone');
        return backend.read(tensor);
      },
    };
  }

  // Six weights and, of each of four batches, the inputs twice are read for the plan, and then two arrays for
  // each part: 30 samples in batches of 8 make 4 parts to solve on and 3 held out. The prior has two arrays.
  test.each([14, 17, 22, 27, 30, 42])(
    'goes on with rows to the same bits, lost after %d reads',
    async (reads) => {
      const whole = await fused(told);
      const checkpoint = createCheckpoint();
      await expect(fused(told, { backend: mortal(reads), checkpoint })).rejects.toMatchObject({
        code: 'DEVICE_LOST',
      });
      const state = structuredClone(checkpoint.state()!);
      for (const { collector } of state.steps) expect('rows' in collector).toBe(true);
      const resumed = await fused(told, { checkpoint: createCheckpoint(state) });
      expect(resumed.weights).toBe(whole.weights);
      expect(resumed.solved).toEqual(whole.solved);
    },
  );

  test('goes on after an abort, and tells how far it has come', async () => {
    const checkpoint = createCheckpoint();
    const controller = new AbortController();
    const onProgress: FuseOptions['onProgress'] = ({ samples: done }) => done >= 16 && controller.abort();
    await expect(fused(told, { checkpoint, signal: controller.signal, onProgress })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    const seen: unknown[] = [];
    const resumed = await fused(told, {
      checkpoint,
      onProgress: ({ stage, samples: done, totalSamples }) =>
        stage === 'fuse' && seen.push([done, totalSamples]),
    });
    expect(seen).toEqual([
      [24, samples],
      [29, samples],
      [30, samples],
    ]);
    expect(resumed.weights).toBe((await fused(told)).weights);
  });

  test('of another number of samples, or without its arrays, is refused', async () => {
    const checkpoint = createCheckpoint();
    await expect(fused(told, { backend: mortal(20), checkpoint })).rejects.toThrow('gone');
    await expect(fused(told, { checkpoint, samples: 20 })).rejects.toMatchObject({
      code: 'CHECKPOINT_MISMATCH',
    });
    const state = JSON.parse(JSON.stringify(checkpoint.state()));
    expect(() => createCheckpoint(state)).toThrow(/not as JSON/);
  });
});
