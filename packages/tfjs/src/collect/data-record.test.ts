import { seededData, tf } from '@fuseinit/test-inputs/seeded-models';
import { expect, test } from 'vitest';
import type { CalibrationData } from '../calibration/calibration-data.js';
import { calibrationSource } from '../calibration/calibration-source.js';
import { dataDifference, dataRecord } from './data-record.js';

const data = seededData([200, 3, 2], 1);

function recordOf(of: CalibrationData, batchSize = 32) {
  return dataRecord(tf, (tensor) => tensor.data(), calibrationSource(tf, of, [[null, 3, 2]], batchSize));
}

/** The samples at some indices, as files give them. */
function indexed(indices: ArrayLike<number>, count = 200) {
  return {
    count,
    indices,
    async *batches(_: number, chosen: { readonly indices: ArrayLike<number> }) {
      const rows = Array.from(chosen.indices, (at) => [
        ...data.data.slice((at % 200) * 6, (at % 200) * 6 + 6),
      ]);
      yield { data: rows.flat(), shape: [rows.length, 3, 2] };
    },
  };
}

async function* stream(size: number, scale = 1) {
  for (let first = 0; first < 200; first += size) {
    const part = data.data.slice(first * 6, (first + size) * 6);
    yield { data: part.map((value) => value * scale), shape: [part.length / 6, 3, 2] };
  }
}

const evens = Array.from({ length: 100 }, (_, at) => 2 * at);
const odds = evens.map((index) => index + 1);

test('the same samples have the same record, whatever kind of data they are in and whatever the batches', async () => {
  const before = tf.memory().numTensors;
  const record = await recordOf(data);
  expect(record).toMatchObject({ samples: 200, shapes: [[3, 2]] });
  expect(new Set(record.hashes).size).toBe(64);
  const all = Array.from({ length: 200 }, (_, at) => at);
  const tensor = tf.tensor(data.data, [200, 3, 2]);
  for (const same of [data, tensor, indexed(all)]) {
    expect(dataDifference(record, await recordOf(same, 7))).toBeUndefined();
  }
  expect(dataDifference(await recordOf(stream(32)), await recordOf(stream(32)))).toBeUndefined();
  tensor.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test.each([
  ['another number', data, seededData([180, 3, 2], 1), /^200 samples, and 180 samples$/],
  ['others of the same file', indexed(evens), indexed(odds), /^other 100 samples of their data/],
  [
    'another scale',
    data,
    { ...data, data: data.data.map((value) => value * 255) },
    /^values of .*, and values of/,
  ],
  ['another order', data, { ...data, data: data.data.toReversed() }, /: 64 of 64 that were compared differ$/],
  ['a stream of other values', stream(32), stream(32, -1), /32 of 32 that were compared differ$/],
  ['a stream and a tensor', stream(32), data, /^a stream, and 200 samples$/],
] as const)('%s is told', async (_, first, second, expected) => {
  expect(dataDifference(await recordOf(first), await recordOf(second))).toMatch(expected);
});
