import '@fuseinit/test-inputs/start-wasm';
import { fingerprint, seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fuse } from '../fuse/fuse.js';
import type { FuseOptions } from '../fuse/fuse-options.js';
import { disposeModel } from '../network/write-layers-model.js';
import type { LayersModel } from '../tensorflow.js';
import { collectStatistics } from './collect-statistics.js';
import { mergeStatistics } from './merge-statistics.js';
import type { Statistics } from './statistics.js';
import { decodeStatistics, encodeStatistics } from './statistics-file.js';

const calibrationData = seededData([120, 8, 8, 2], 5);
// The means are far from zero, so that all parts must subtract the same shift from them.
calibrationData.data.forEach((value, index) => {
  calibrationData.data[index] = value + 3;
});
const data = { tf, calibrationData, batchSize: 16 };
const spans = [
  { from: 'a', to: 'b', kernelSize: 3 },
  { from: 'c', to: 'd' },
];

let teacher: LayersModel;
let tensorsBefore = 0;
beforeAll(() => tf.setBackend('wasm'));
afterAll(() => tf.setBackend('cpu'));
beforeEach(() => {
  const conv = (name: string, more = {}) =>
    tf.layers.conv2d({ name, filters: 3, kernelSize: 3, activation: 'relu', padding: 'same', ...more });
  const layers = [conv('a', { inputShape: [8, 8, 2] }), conv('b'), conv('c'), conv('d'), conv('e')];
  teacher = seedWeights(tf.sequential({ name: 'teacher', layers }), 6);
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
  teacher.dispose();
});

async function fused(more: Partial<FuseOptions> = {}) {
  const progress: string[] = [];
  const { student, report } = await fuse(teacher, {
    ...data,
    spans,
    ridge: 1e-3,
    onProgress: ({ stage, name }) => {
      if (!progress.includes(`${stage} ${name}`)) progress.push(`${stage} ${name}`);
    },
    ...more,
  });
  const weights = student.getWeights().flatMap((weight) => [...weight.dataSync()]);
  const print = fingerprint(student);
  disposeModel(student);
  return { weights, print, report, progress };
}

function distance(first: readonly number[], second: readonly number[]): number {
  return first.reduce((worst, value, index) => Math.max(worst, Math.abs(value - second[index]!)), 0);
}

test('what was collected isn’t collected again, and gives the same student', async () => {
  const statistics = await collectStatistics(teacher, { ...data, spans });
  const whole = await fused();
  expect(whole.progress).toEqual(['fuse a_b', 'fuse c_d', 'refit e', 'compare teacher']);
  const given = await fused({ statistics });
  expect(given.progress).toEqual(['fuse c_d', 'refit e', 'compare teacher']);
  expect(given.print).toBe(whole.print);
  const all = { propagate: 'teacher', refit: 'none' } as const;
  expect((await fused({ statistics, ...all })).progress).toEqual(['compare teacher']);
  // The larger kernel has the smaller one at its centre.
  const larger = await collectStatistics(teacher, { ...data, spans: [{ from: 'a', to: 'b' }] });
  expect(distance((await fused({ statistics: larger })).weights, whole.weights)).toBeLessThan(1e-4);
});

test('four parts through files, merged, give the student of one pass', async () => {
  const whole = await collectStatistics(teacher, { ...data, spans });
  const parts: Statistics[] = [];
  for (const index of [2, 0, 3, 1]) {
    const part = await collectStatistics(teacher, { ...data, spans, shard: { index, of: 4 } });
    parts.push(decodeStatistics(encodeStatistics(part), 'part'));
    expect(parts.at(-1)).toEqual(part);
  }
  const all = { propagate: 'teacher', refit: 'none' } as const;
  const one = await fused({ statistics: whole, ...all });
  const merged = await fused({ statistics: mergeStatistics(parts), ...all });
  // Both are solved in float64 from sums that differ by the order of float64 additions. The weights are
  // float32.
  for (const [index, { relativeMse, heldOutRelativeMse }] of merged.report.spans.entries()) {
    const expected = one.report.spans[index]!;
    expect(Math.abs(relativeMse / expected.relativeMse - 1)).toBeLessThan(1e-10);
    expect(Math.abs(heldOutRelativeMse! / expected.heldOutRelativeMse! - 1)).toBeLessThan(1e-10);
  }
  expect(distance(merged.weights, one.weights)).toBeLessThan(2 ** -23);
  expect(merged.report.warnings).toEqual(one.report.warnings);

  const three = await fused({ statistics: mergeStatistics(parts.slice(0, 3)), ...all });
  expect(three.report.warnings.join()).toMatch(/lack the parts 1 of 4/);
});

test('statistics of something else are refused', async () => {
  const statistics = await collectStatistics(teacher, { ...data, spans });
  const refused = (more: Partial<FuseOptions>) =>
    expect(fused({ statistics, ...more })).rejects.toMatchObject({ code: 'CHECKPOINT_MISMATCH' });
  await refused({ spans: [{ from: 'b', to: 'c' }] });
  await refused({ spans: [{ from: 'a', to: 'b', kernelSize: 5 }] });
  await refused({ statistics: { ...statistics, teacher: '00000000' } });
  const bytes = encodeStatistics(statistics);
  expect(() => decodeStatistics(bytes.subarray(0, 1000), 'cut.safetensors')).toThrow(
    /cut.safetensors can't be read/,
  );
});

describe('what statistics were collected from', () => {
  const scaled = (factor: number, offset = 0) => ({
    ...calibrationData,
    data: calibrationData.data.map((value) => value * factor + offset),
  });

  test('is told by mean, deviation and range, however the data are cut and broken off', async () => {
    const values = [...calibrationData.data];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const whole = await collectStatistics(teacher, { ...data, spans });
    const parts = await Promise.all(
      [0, 1].map((index) => collectStatistics(teacher, { ...data, spans, shard: { index, of: 2 } })),
    );
    let kept: Statistics | undefined;
    const stop = new AbortController();
    const onProgress = (_: unknown, statistics: () => Statistics) => {
      kept ??= structuredClone(statistics());
      stop.abort();
    };
    const stopped = collectStatistics(teacher, { ...data, spans, onProgress, signal: stop.signal });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    const resumed = await collectStatistics(teacher, { ...data, spans, resume: kept! });
    expect(resumed.inputs).toEqual(whole.inputs);
    const decoded = decodeStatistics(encodeStatistics(whole), 'x');
    expect(decoded.inputs).toEqual(whole.inputs);
    for (const { inputs } of [whole, mergeStatistics(parts)]) {
      const [told] = inputs.values;
      expect(told!.count).toBe(values.length);
      // The means of batches are float32.
      expect(told!.mean / mean).toBeCloseTo(1, 5);
      expect(told!.variance / variance).toBeCloseTo(1, 5);
      expect([told!.min, told!.max]).toEqual([Math.min(...values), Math.max(...values)]);
    }
  });

  test.each([
    ['as pixels from 0 to 255', 255, 0],
    ['from -1 to 1 instead of from 0 to 1', 2, -7],
    ['standardised', 1.7, -5],
  ])('and data scaled otherwise, %s, are warned of', async (_what, factor, offset) => {
    const statistics = await collectStatistics(teacher, { ...data, spans });
    const doubts = /Were they scaled otherwise\?/;
    expect((await fused({ statistics })).report.warnings.join()).not.toMatch(doubts);
    const { report } = await fused({ statistics, calibrationData: scaled(factor, offset) });
    expect(report.warnings.filter((warning) => doubts.test(warning))).toHaveLength(1);
  });

  test('is the beginning of a stream, in its parts too', async () => {
    async function* stream() {
      for (let sample = 0; sample < 120; sample += 20) {
        const size = 8 * 8 * 2;
        yield {
          data: calibrationData.data.subarray(sample * size, (sample + 20) * size),
          shape: [20, 8, 8, 2],
        };
      }
    }
    const collected = (samples: number, shard = { index: 0, of: 1 }) =>
      collectStatistics(teacher, { ...data, calibrationData: stream(), spans, samples, shard });
    expect((await collected(50)).firstOfStream).toBe(50);
    expect((await collected(500)).firstOfStream).toBeNull();
    const drawn = await collectStatistics(teacher, { ...data, spans, samples: 50 });
    expect(drawn.firstOfStream).toBeNull();
    const statistics = mergeStatistics(
      await Promise.all([0, 1].map((index) => collected(50, { index, of: 2 }))),
    );
    const { report } = await fused({ statistics });
    expect(report.warnings).toContainEqual(
      expect.stringMatching(/stream of unknown length, of which the first 50 samples were taken/),
    );
  });
});
