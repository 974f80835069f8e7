import { type BackendAdapter, FuseInitError } from '@fuseinit/core';
import { fingerprint, seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDeviceBackend } from '../backend/create-device-backend.js';
import type { CalibrationData } from '../calibration/calibration-data.js';
import { collectStatistics } from '../collect/collect-statistics.js';
import { mergeStatistics } from '../collect/merge-statistics.js';
import { disposeModel } from '../network/write-layers-model.js';
import type { LayersModel, Tensor } from '../tensorflow.js';
import { createCheckpoint } from './checkpoint.js';
import { fuse } from './fuse.js';
import type { FuseOptions } from './fuse-options.js';

const width = 8;
const rows = seededData([8000, width], 71);
// Many samples are held out, so that a small total number is enough.
const auto = { samples: 'auto', heldOut: 0.25, batchSize: 128 } as const;
const first = (count: number) => ({ data: rows.data.subarray(0, count * width), shape: [count, width] });
const batchOf = (at: number) => ({
  data: rows.data.subarray(at * 25 * width, (at + 1) * 25 * width),
  shape: [25, width],
});

let teacher: LayersModel;
let tensorsBefore = 0;
beforeEach(() => {
  const dense = (name: string, more = {}) =>
    tf.layers.dense({ name, units: 16, activation: 'tanh', ...more });
  const layers = [dense('a', { inputShape: [width] }), dense('b'), dense('c')];
  teacher = seedWeights(tf.sequential({ layers }), 72);
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
  teacher.dispose();
});

async function fused(calibrationData: CalibrationData, more: Partial<FuseOptions> = {}) {
  const spans = [{ from: 'a', to: 'b' }];
  const { student, report } = await fuse(teacher, { tf, spans, calibrationData, batchSize: 32, ...more });
  const weights = fingerprint(student);
  disposeModel(student);
  return { weights, report, solved: [...report.spans, ...report.refits] };
}

test('a number of samples is drawn from the whole data', async () => {
  const limited = await fused(rows, { samples: 100 });
  expect(limited).toEqual(await fused(rows, { samples: 100 }));
  expect(limited.weights).not.toBe((await fused(first(100))).weights);
  expect(limited.weights).not.toBe((await fused(rows, { samples: 100, seed: 1 })).weights);
  expect(limited.solved.map(({ samples, heldOutSamples }) => [samples, heldOutSamples])).toEqual([
    [67, 33],
    [67, 33],
  ]);
  expect(limited.solved.map(({ settling }) => settling)).toEqual([null, null]);
  expect(await fused(first(100), { samples: 5000 })).toEqual(await fused(first(100)));
});

test('by default the share held out goes by the number of samples taken, in every part of them', async () => {
  const heldOutOf = async (data: CalibrationData, more = {}) =>
    (await fused(data, { refit: 'none', batchSize: 256, ...more })).report.heldOut;
  expect(await heldOutOf(rows)).toEqual({ share: 0.1, samples: 800 });
  expect(await heldOutOf(rows, { samples: 2000 })).toEqual({ share: 0.25, samples: 500 });
  expect(await heldOutOf(rows, { samples: 2000, heldOut: 0.2 })).toEqual({ share: 0.2, samples: 400 });
  async function* stream() {
    for (let at = 0; at < 80; at++) yield batchOf(at);
  }
  expect(await heldOutOf(stream())).toEqual({ share: 0.1, samples: 200 });
  expect(await heldOutOf(stream(), { samples: 1000 })).toEqual({ share: 1 / 3, samples: 334 });

  const parts = await Promise.all(
    [0, 1].map((index) =>
      collectStatistics(teacher, {
        tf,
        spans: [{ from: 'a', to: 'b' }],
        calibrationData: rows,
        samples: 2000,
        batchSize: 256,
        shard: { index, of: 2 },
      }),
    ),
  );
  const statistics = mergeStatistics(parts);
  expect(statistics).toMatchObject({ heldOut: 0.25, spans: [{ collected: { heldOutSamples: 500 } }] });
  // The held-out samples are those of the statistics, whatever the number of samples is now.
  expect(await heldOutOf(rows, { statistics })).toEqual({ share: 0.25, samples: 500 });
});

test("'auto' takes as many as it needs, and loses little to all of them", async () => {
  const options = { ...auto, refit: 'none' } as const;
  const [enough, all] = [await fused(rows, options), await fused(rows, { ...options, samples: 8000 })];
  expect(enough.report.warnings).toEqual([]);
  for (const [index, { settling, samples, heldOutSamples }] of enough.solved.entries()) {
    expect(settling!.settled).toBe(true);
    const { rounds } = settling!;
    expect(samples + heldOutSamples).toBe(rounds.at(-1)!.samples);
    expect(samples).toBeLessThan(all.solved[index]!.samples);
    const [last, error] = [rounds.at(-1)!, all.solved[index]!.heldOutRelativeMse!];
    // The tolerance is a hundredth for the gain from more samples, and three standard errors because the
    // held-out rows differ.
    expect(Math.abs(last.heldOutRelativeMse - error)).toBeLessThan(0.01 * error + 3 * last.standardError);
  }
});

test('rounds are judged by their sums, and held-out samples predicted once, at the end', async () => {
  const device = createDeviceBackend(tf, { name: 'device', maxTensorSize: 2 ** 24 });
  const rowsRead: number[] = [];
  const backend: BackendAdapter<Tensor> = {
    ...device,
    read(tensor) {
      rowsRead.push(tensor.shape[0]!);
      return device.read(tensor);
    },
  };
  const { solved } = await fused(rows, { ...auto, refit: 'none', backend });
  expect(solved[0]!.settling!.rounds.length).toBeGreaterThan(1);
  // Everything else is read batch by batch.
  expect(rowsRead.filter((count) => count > auto.batchSize)).toEqual([solved[0]!.heldOutSamples]);
});

test('data that run out before are warned of, layer by layer', async () => {
  const { report, solved } = await fused(first(200), { samples: 'auto' });
  expect(solved.map(({ settling }) => [settling!.settled, settling!.rounds.length])).toEqual([
    [false, 2],
    [false, 2],
  ]);
  for (const [index, name] of ['a_b', 'c'].entries()) {
    expect(report.warnings[index]).toMatch(
      new RegExp(`ran out before .*"${name}" had settled \\(\\S+ on 128 samples, \\S+ on 200 samples\\)`),
    );
  }
});

test('an iterable that is left early is closed on every pass', async () => {
  let open = 0;
  let passes = 0;
  const endless = {
    async *[Symbol.asyncIterator]() {
      open++;
      passes++;
      try {
        for (let at = 0; ; at++) yield batchOf(at % 320);
      } finally {
        open--;
      }
    },
  };
  for (const more of [auto, { samples: 90 }]) await fused(endless, more);
  // Each fusion iterates to fuse, to keep held-out samples for judging the refit, to refit, and to compare.
  expect([open, passes]).toEqual([0, 8]);
});

test('a generator is asked for no more than is needed, and closed', async () => {
  let [given, isClosed] = [0, false];
  async function* endless() {
    try {
      for (;;) yield batchOf(given++);
    } finally {
      isClosed = true;
    }
  }
  const limited = await fused(endless(), { samples: 90, batchSize: 25 });
  expect([given, isClosed]).toEqual([4, true]);
  const { report, ...solved } = await fused(first(90), { batchSize: 25 });
  expect(limited).toMatchObject({ ...solved, report: { outputRelativeMse: report.outputRelativeMse } });
  expect(limited.report.warnings).toContainEqual(
    expect.stringMatching(/stream of unknown length, of which the first 90 samples/),
  );
});

test('a dataset without end', async () => {
  const endless = tf.data.generator(function* () {
    for (let at = 0; ; at++) yield [...batchOf(at % 320).data.subarray(0, width)];
  } as never);
  const { solved } = await fused(endless.batch(20) as never, { samples: 90 });
  expect(solved.map(({ samples }) => samples)).toEqual([60, 60]);
});

/**
 * Sorted data of two kinds, three quarters of the first and then the second, for which the teacher behaves
 * differently.
 */
function sorted(count: number) {
  const data = Float32Array.from(rows.data.subarray(0, count * width));
  for (let at = (data.length / 4) * 3; at < data.length; at++) data[at]! += 3;
  return { data, shape: [count, width] };
}

test('a number of samples of sorted data are of all kinds', async () => {
  const data = sorted(8000);
  const inputs = tf.tensor2d(data.data, [8000, width]);
  const errorWith = async (taken: number) => {
    const { student } = await fuse(teacher, {
      tf,
      spans: [{ from: 'a', to: 'b' }],
      calibrationData: data,
      ...auto,
      samples: taken,
    });
    const error = tf.tidy(() => {
      const [expected, came] = [teacher, student].map((model) => model.predict(inputs) as Tensor);
      const variance = expected!.sub(expected!.mean(0)).square().mean();
      return came!.sub(expected!).square().mean().div(variance).dataSync()[0]!;
    });
    disposeModel(student);
    return error;
  };
  const [some, all] = [await errorWith(200), await errorWith(8000)];
  inputs.dispose();
  // Solving for 8 inputs on 150 rows increases the error by their ratio, a twentieth, and by about as much
  // again by chance and for the refit. On the first kind of samples alone, the error would be several times
  // as large.
  expect(some / all).toBeLessThan(1.3);
});

test("'auto' goes on from a checkpoint as if there had been no break", async () => {
  // The sums are read back after every batch, so that an interruption doesn't change their last bits.
  const backend = createDeviceBackend(tf, { name: 'cpu', maxTensorSize: 2 ** 24 });
  const whole = await fused(rows, { ...auto, backend });
  for (const batches of [1, 11]) {
    let left = batches;
    const mortal: BackendAdapter<Tensor> = {
      ...backend,
      patchMoments(...batch) {
        if (left-- === 0) throw new FuseInitError('DEVICE_LOST', 'gone');
        return backend.patchMoments(...batch);
      },
    };
    const checkpoint = createCheckpoint();
    await expect(fused(rows, { ...auto, backend: mortal, checkpoint })).rejects.toThrow('gone');
    const resumed = createCheckpoint(structuredClone(checkpoint.state()!));
    expect(await fused(rows, { ...auto, backend, checkpoint: resumed })).toEqual(whole);
  }
});
