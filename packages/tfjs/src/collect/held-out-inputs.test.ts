import { seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CalibrationData } from '../calibration/calibration-data.js';
import { calibrationSource } from '../calibration/calibration-source.js';
import { heldOutRule, holdsOut } from '../calibration/held-out.js';
import { limitedSource } from '../calibration/limited-source.js';
import type { LayersModel } from '../tensorflow.js';
import { heldOutInputs } from './held-out-inputs.js';

/** Sorted: each sample is its own index. */
const values = Float32Array.from({ length: 2000 }, (_, index) => index);
const array = { data: values, shape: [2000, 1] };
const stream = {
  async *[Symbol.asyncIterator]() {
    for (let start = 0; start < 2000; start += 80)
      yield { data: values.subarray(start, start + 80), shape: [80, 1] };
  },
};
/** With how many samples are known to come. */
const kinds: [string, CalibrationData, number | undefined][] = [
  ['an array', array, 2000],
  ['a stream', stream, undefined],
];

let teacher: LayersModel;
let tensorsBefore = 0;
beforeEach(() => {
  teacher = seedWeights(tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] }), 1);
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
  teacher.dispose();
});

async function drawn(
  calibrationData: CalibrationData,
  more: { samples?: number; heldOut?: number; seed?: number },
) {
  const [input] = await heldOutInputs(teacher, { tf, calibrationData, maxSamples: 50, ...more });
  const indices = [...input!.dataSync()];
  input!.dispose();
  return indices;
}

test.each(kinds)('held-out samples of %s are drawn from all over it, by the seed', async (_, data, count) => {
  const isHeldOut = holdsOut(heldOutRule({ seed: 5 }, count));
  const indices = await drawn(data, { seed: 5 });
  expect(new Set(indices).size).toBe(50);
  expect(indices.every(isHeldOut)).toBe(true);
  // Of uniform places, with a standard deviation of 577: the mean of 50 is within 82 of the middle, four times over.
  expect(Math.abs(indices.reduce((sum, index) => sum + index, 0) / 50 - 1000)).toBeLessThan(330);
  expect(await drawn(data, { seed: 5 })).toEqual(indices);
  expect(await drawn(data, { seed: 6 })).not.toEqual(indices);
});

test.each(kinds)('of %s, none but those of the samples that are taken', async (_, data) => {
  const rule = { share: 0.2 };
  const source = limitedSource(tf, calibrationSource(tf, data, [[null, 1]], 100), 200, rule);
  const taken: number[] = [];
  for await (const { inputs, indices } of source.batches()) {
    taken.push(...indices);
    tf.dispose([...inputs]);
  }
  const heldOut = taken.filter(holdsOut(rule));
  const indices = await drawn(data, { samples: 200, heldOut: 0.2 });
  expect([...indices].sort((a, b) => a - b)).toEqual(heldOut);
});

test.each(kinds)('of %s, of all where none is held out', async (_, data) => {
  expect(await drawn(data, { samples: 2 })).toHaveLength(2);
  const all = await drawn(data, { heldOut: 0 });
  expect(new Set(all).size).toBe(50);
  expect(Math.max(...all)).toBeGreaterThan(1500);
});
