import { type Moments, solveAffine } from '@fuseinit/core';
import { createHeldOutRows } from '@fuseinit/statistics';
import { seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDeviceBackend } from '../backend/create-device-backend.js';
import { findSpans } from '../find-spans.js';
import { fuse } from '../fuse/fuse.js';
import { disposeModel } from '../network/write-layers-model.js';
import type { LayersModel } from '../tensorflow.js';
import { centeredStatistics } from './centered-statistics.js';
import { type CollectStatisticsOptions, collectStatistics } from './collect-statistics.js';
import { mergeStatistics } from './merge-statistics.js';
import type { SpanStatistics, Statistics } from './statistics.js';

const calibrationData = seededData([90, 8, 7, 2], 5);
const backend = createDeviceBackend(tf, { name: 'cpu', maxTensorSize: 2 ** 24 });
const data = { tf, backend, calibrationData, batchSize: 16 };

let teacher: LayersModel;
let tensorsBefore = 0;
beforeEach(() => {
  const conv = (name: string, filters: number, more = {}) =>
    tf.layers.conv2d({ name, filters, kernelSize: 3, activation: 'relu', padding: 'same', ...more });
  teacher = seedWeights(
    tf.sequential({
      layers: [
        conv('a', 3, { inputShape: [8, 7, 2] }),
        conv('b', 4),
        tf.layers.maxPooling2d({ name: 'pool', poolSize: 2 }),
        conv('c', 3),
        tf.layers.flatten({ name: 'flat' }),
        tf.layers.dense({ name: 'd', units: 2 }),
      ],
    }),
    6,
  );
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
  teacher.dispose();
});

const allSpans = () => findSpans(teacher).legal.map(({ from, to }) => ({ from, to }));
const collect = (more: Partial<CollectStatisticsOptions> = {}) =>
  collectStatistics(teacher, { ...data, spans: allSpans(), ...more });

/** Yields the same samples as a stream of batches. */
async function* streamed() {
  const size = calibrationData.data.length / 90;
  for (let start = 0; start < 90; start += 16) {
    const end = Math.min(90, start + 16);
    yield {
      data: calibrationData.data.subarray(start * size, end * size),
      shape: [end - start, ...calibrationData.shape.slice(1)],
    };
  }
}

/** The largest difference between two covariances, relative to the variance. */
function distance(first: Moments, second: Moments): number {
  const scale = first.inputCovariance.data[0]!;
  return Math.max(
    ...(['inputCovariance', 'crossCovariance', 'targetCovariance', 'inputMean'] as const).map((part) =>
      first[part].data.reduce(
        (worst, value, index) => Math.max(worst, Math.abs(value - second[part].data[index]!) / scale),
        0,
      ),
    ),
  );
}

function worst(first: Statistics, second: Statistics): number {
  return Math.max(
    ...first.spans.flatMap(({ collected }, index) => {
      const other = second.spans[index]!.collected;
      expect(collected.heldOut).toEqual(other.heldOut);
      return [distance(collected.moments!, other.moments!)];
    }),
  );
}

test('all legal spans from one pass, overlapping ones too, solve to what fuse gives', async () => {
  const { spans, heldOut: share } = await collect();
  expect(spans.map(({ layers }) => layers.join())).toEqual(
    findSpans(teacher).legal.map(({ layers }) => layers.join()),
  );
  for (const { from, to, collected, inChannels } of spans) {
    expect([collected.samples, collected.heldOutSamples]).toEqual([60, 30]);
    const heldOut = createHeldOutRows(collected.heldOut).rows()!;
    const solution = solveAffine(collected.moments!, { ridge: 1e-3, inChannels, heldOut });
    const { student, report } = await fuse(teacher, {
      ...data,
      // The data are a stream of unknown length, so that moments are collected however few rows there are.
      calibrationData: streamed(),
      heldOut: share,
      spans: [{ from, to }],
      ridge: 1e-3,
      propagate: 'teacher',
      refit: 'none',
    });
    // Both are float64 solutions of the same sums; the weights are stored in float32.
    const [kernel] = student.getLayer(`${from}_${to}`).getWeights();
    kernel!.dataSync().forEach((value, index) => {
      expect(Math.abs(value - solution.kernel.data[index]!)).toBeLessThan(1e-6);
    });
    // The report predicts with weights and products in float32; the solution is measured in float64.
    expect(report.spans[0]!.heldOutRelativeMse! / solution.heldOutRelativeMse!).toBeCloseTo(1, 6);
    disposeModel(student);
  }
});

test('statistics of a whole receptive field hold those of every smaller kernel', async () => {
  const whole = (await collect({ spans: [{ from: 'a', to: 'b' }] })).spans[0]!;
  for (const kernelSize of [1, 3, 4]) {
    const { spans } = await collect({ spans: [{ from: 'a', to: 'b', kernelSize }] });
    const cut = centeredStatistics(whole, [kernelSize, kernelSize])!;
    const { moments, heldOut } = spans[0]!.collected;
    expect(distance(cut.moments, moments!)).toBeLessThan(1e-12);
    expect(cut.heldOut).toEqual(createHeldOutRows(heldOut).rows());
  }
});

describe('in parts', () => {
  const parts = (of: number) =>
    Promise.all(Array.from({ length: of }, (_, index) => collect({ shard: { index, of } })));

  test('merged in any order they are the same to the last bit, and one pass but for rounding', async () => {
    const [first, second, third] = await parts(3);
    const merged = mergeStatistics([first!, second!, third!]);
    expect(mergeStatistics([third!, first!, second!])).toEqual(merged);
    expect(merged.shards).toEqual([0, 1, 2].map((index) => ({ index, of: 3, complete: true })));
    // Float64 sums in a different order differ by a few units in the last place.
    expect(worst(merged, await collect())).toBeLessThan(1e-13);
  });

  test('what does not belong together is refused', async () => {
    const [first, second] = await parts(2);
    const [other] = await parts(3);
    const fewer = await collect({ spans: [{ from: 'a', to: 'b' }], shard: { index: 1, of: 2 } });
    const elsewhere = { ...second!, teacher: 'another' };
    const held = { ...second!, heldOut: 0.2 };
    const codeOf = (given: readonly Statistics[]) => {
      try {
        mergeStatistics(given);
        return undefined;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(codeOf([])).toBe('ARGUMENT_INVALID');
    expect(codeOf([first!, first!])).toBe('ARGUMENT_INVALID');
    expect(codeOf([second!, other!])).toBe('ARGUMENT_INVALID');
    const batches = { ...second!, batchSize: 32 };
    const values = { ...second!, data: { ...second!.data, hashes: [] } };
    for (const alien of [fewer, elsewhere, held, batches, values]) {
      expect(codeOf([first!, alien])).toBe('CHECKPOINT_MISMATCH');
    }
    expect(() => mergeStatistics([first!, second!, first!], ['a.stats', 'b.stats', 'c.stats'])).toThrow(
      'a.stats and c.stats both hold part 0 of 2 of the data',
    );
    expect(codeOf([first!, second!])).toBeUndefined();
  });

  test.each([
    { index: 2, of: 2 },
    { index: -1, of: 2 },
    { index: 0, of: 0 },
    { index: 0.5, of: 2 },
  ])('there is no part %o', async (shard) => {
    await expect(collect({ shard })).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
  });
});

test('many spans in little memory take more passes, and give the same', async () => {
  const passes = new Set<number>();
  const small = await collect({ memory: 1, onProgress: ({ pass }) => passes.add(pass) });
  expect(passes.size).toBe(allSpans().length);
  expect(small).toEqual(await collect());
});

test('after an abort it goes on where it stopped, and ends the same', async () => {
  const controller = new AbortController();
  let kept: Statistics | undefined;
  const stopped = collect({
    memory: 1,
    signal: controller.signal,
    onProgress: ({ pass, samples }, statistics) => {
      if (pass === 2 && samples > 40) {
        kept = structuredClone(statistics());
        controller.abort();
      }
    },
  });
  await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
  const batches = kept!.spans.map(({ collected }: SpanStatistics) => collected.batches);
  expect(batches[0]).toBeGreaterThan(batches[2]!);
  const whole = await collect();
  expect(await collect({ memory: 1, resume: kept! })).toEqual(whole);
  expect(kept!.shards).toEqual([{ index: 0, of: 1, complete: false }]);
  const { batchSize: _, ...withoutBatchSize } = data;
  const resumed = await collectStatistics(teacher, { ...withoutBatchSize, spans: allSpans(), resume: kept! });
  expect(resumed).toEqual(whole);
  await expect(collect({ resume: kept!, batchSize: 24 })).rejects.toMatchObject({
    code: 'CHECKPOINT_MISMATCH',
    message: expect.stringMatching(/batches of 16 samples and batches of 24/),
  });
  const others = seededData([90, 8, 7, 2], 9);
  await expect(collect({ resume: kept!, calibrationData: others })).rejects.toMatchObject({
    code: 'CHECKPOINT_MISMATCH',
    message: expect.stringMatching(/64 of 64 that were compared differ/),
  });
  await expect(collect({ resume: kept!, shard: { index: 0, of: 2 } })).rejects.toMatchObject({
    code: 'CHECKPOINT_MISMATCH',
  });
  await expect(collect({ resume: kept!, heldOut: 0.3 })).rejects.toMatchObject({
    code: 'CHECKPOINT_MISMATCH',
  });
});
