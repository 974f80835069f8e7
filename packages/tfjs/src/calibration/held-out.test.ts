import { tf } from '@fuseinit/test-inputs/seeded-models';
import { describe, expect, test } from 'vitest';
import type { InputBatch } from './calibration-source.js';
import { heldOutRule, holdsOut, splitHeldOut } from './held-out.js';

const indices = (count: number) => Array.from({ length: count }, (_, index) => index);
const heldOut = (count: number, share: number, seed = 0) => indices(count).filter(holdsOut({ share, seed }));

describe('the samples held out', () => {
  // The expected values were computed in Python from section 8 of docs/math.md.
  test.each([
    [0.1, 0, 100, [6, 14, 27, 34, 43, 52, 62, 74, 83, 92]],
    [0.4, 0, 30, [1, 3, 6, 8, 10, 13, 15, 18, 20, 23, 26, 28]],
    [0.15, 7, 60, [1, 7, 13, 22, 29, 38, 40, 52, 56]],
    [0.05, 2 ** 32 - 1, 100, [10, 21, 57, 77, 88]],
    [0.5, 0, 20, [1, 2, 5, 6, 8, 10, 12, 14, 16, 18]],
  ])('are those of the rule: share %d, seed %d', (share, seed, count, expected) => {
    expect(heldOut(count, share, seed)).toEqual(expected);
  });

  test.each([0.01, 0.1, 0.137, 0.3, 1 / 3, 0.4, 0.45, 0.5])(
    'are as many as the share says to within one, however many there are: %d',
    (share) => {
      for (const seed of [0, 1, 12345]) {
        const isHeldOut = holdsOut({ share, seed });
        let held = 0;
        for (let index = 0; index < 5000; index++) {
          held += Number(isHeldOut(index));
          expect(Math.abs(held - (index + 1) * share)).toBeLessThanOrEqual(1);
        }
      }
    },
  );

  test('of data in turns are some of every turn', () => {
    for (const period of [2, 5, 10, 20, 100]) {
      const held = heldOut(200 * period, 0.1);
      const counts = indices(period).map((turn) => held.filter((index) => index % period === turn).length);
      // The expected count is 20, with a standard deviation of 4.2. No count is off by 5 standard deviations.
      for (const count of counts) expect(Math.abs(count - 20)).toBeLessThan(21);
      expect(counts.every((count) => count > 0)).toBe(true);
    }
  });

  test('are none at share 0, never the first, and others for another seed', () => {
    expect(heldOut(1000, 0)).toEqual([]);
    for (const seed of indices(200)) expect(holdsOut({ share: 0.5, seed })(0)).toBe(false);
    expect(heldOut(1000, 0.1, 1)).not.toEqual(heldOut(1000, 0.1));
  });

  test.each([
    [{ share: 0.6 }, /heldOut is 0.6/],
    [{ share: Number.NaN }, /heldOut is NaN/],
    [{ share: 0.1, seed: 0.5 }, /seed is 0.5/],
    [{ share: 0.1, seed: -1 }, /seed is -1/],
  ])('are refused by %j', (rule, message) => {
    expect(() => holdsOut(rule)).toThrow(message);
  });
});

describe('the share that is held out by default', () => {
  test.each([
    [undefined, 0.1],
    [1, 0],
    [2, 0],
    [3, 1 / 3],
    [1500, 1 / 3],
    [2000, 0.25],
    [5000, 0.1],
    [60_000, 0.1],
  ])('of %s samples', (samples, share) => {
    expect(heldOutRule({}, samples)).toEqual({ share, seed: 0 });
  });

  test('leaves two of three samples to solve on', () => {
    for (const seed of indices(100)) {
      const { share } = heldOutRule({}, 3);
      expect(heldOut(3, share, seed)).toHaveLength(1);
    }
  });

  test('gives way to what is asked for, which is checked', () => {
    expect(heldOutRule({ heldOut: 0, seed: 3 }, 2000)).toEqual({ share: 0, seed: 3 });
    expect(() => heldOutRule({ heldOut: 0.6 }, 2000)).toThrow(/heldOut is 0.6/);
    expect(() => heldOutRule({ seed: -1 }, 2000)).toThrow(/seed is -1/);
  });
});

async function* batchesOf(sizes: readonly number[]): AsyncGenerator<InputBatch> {
  let first = 0;
  for (const samples of sizes) {
    const places = Uint32Array.from({ length: samples }, (_, at) => first + at);
    yield { inputs: [tf.tensor1d(Array.from(places))], samples, indices: places };
    first += samples;
  }
}

test.each([[[100]], [[7, 1, 92]], [Array(100).fill(1)]])(
  'batches of whatever sizes are split alike: %j',
  async (sizes) => {
    const split: { values: number[]; indices: number[]; heldOut: boolean }[] = [];
    for await (const part of splitHeldOut(tf, batchesOf(sizes), { share: 0.1 })) {
      const values = [...part.inputs[0]!.dataSync()];
      split.push({ values, indices: [...part.indices], heldOut: part.heldOut });
      tf.dispose([...part.inputs]);
    }
    for (const { values, indices: places } of split) expect(values).toEqual(places);
    const held = split.filter((part) => part.heldOut).flatMap(({ values }) => values);
    expect(held).toEqual(heldOut(100, 0.1));
    expect(split.flatMap(({ values }) => values).sort((a, b) => a - b)).toEqual(indices(100));
  },
);

test('photos are split as small samples are, with all their pixels', async () => {
  const [samples, size] = [9, 200 * 200];
  const pixels = Float32Array.from({ length: samples * size }, (_, at) => at);
  const photos = tf.tensor(pixels, [samples, 200, 200, 1]);
  async function* batch() {
    yield { inputs: [photos], samples, indices: Uint32Array.from(indices(samples)) };
  }
  const rule = { share: 1 / 3 };
  const before = tf.memory().numTensors;
  for await (const part of splitHeldOut(tf, batch(), rule)) {
    expect([...part.indices]).toEqual(indices(samples).filter((at) => holdsOut(rule)(at) === part.heldOut));
    const expected = [...part.indices].flatMap((at) => [at * size, (at + 1) * size - 1]);
    const data = part.inputs[0]!.dataSync();
    const ends = [...part.indices.keys()].flatMap((at) => [data[at * size], data[(at + 1) * size - 1]]);
    expect(ends).toEqual(expected);
    expect(part.inputs[0]!.shape).toEqual([part.samples, 200, 200, 1]);
    tf.dispose([...part.inputs]);
  }
  expect(tf.memory().numTensors).toBe(before - 1);
});
