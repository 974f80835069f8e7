import { seededData, tf } from '@fuseinit/test-inputs/seeded-models';
import { expect, test } from 'vitest';
import { createLayerTally, errorSums, type LayerTally, poolPositions } from './error-tallies.js';

const [samples, positions, channels] = [40, 6, 3];
const expected = seededData([samples, positions, channels], 1);
const actual = seededData([samples, positions, channels], 2);

function add(tally: LayerTally, from: number, to: number): void {
  tf.tidy(() => {
    const [is, was] = [actual, expected].map(({ data }) =>
      tf.tensor(data, [samples, positions, channels]).slice(from, to - from),
    );
    const sums = errorSums(tf, is!, was!);
    const read = (name: keyof typeof sums) => sums[name].dataSync();
    tally.add(
      {
        channelErrors: read('channelErrors'),
        positionErrors: read('positionErrors'),
        means: read('means'),
        deviations: read('deviations'),
      },
      to - from,
    );
  });
}

test('is what the definition gives, however the samples are cut', () => {
  const tally = createLayerTally(channels, [positions]);
  for (const [from, to] of [
    [0, 1],
    [1, 30],
    [30, 40],
  ] as const)
    add(tally, from, to);
  const { relativeMse, channels: each, positions: places } = tally.error();
  const rows = samples * positions;
  const column = (data: Float32Array, channel: number) =>
    Array.from({ length: rows }, (_, row) => data[row * channels + channel]!);
  let [error, variance] = [0, 0];
  for (let channel = 0; channel < channels; channel++) {
    const [is, was] = [column(actual.data, channel), column(expected.data, channel)];
    const mean = was.reduce((sum, value) => sum + value, 0) / rows;
    const own = was.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows;
    const square = was.reduce((sum, value, row) => sum + (value - is[row]!) ** 2, 0) / rows;
    // Sums in float32.
    expect(each[channel]!.variance).toBeCloseTo(own, 5);
    expect(each[channel]!.relativeMse).toBeCloseTo(square / own, 5);
    error += square;
    variance += own;
  }
  expect(relativeMse).toBeCloseTo(error / variance, 5);
  expect(places!.relativeMse.reduce((sum, value) => sum + value, 0) / positions).toBeCloseTo(relativeMse, 5);
});

test('a constant channel counts over the square of its mean, and exact is 0', () => {
  const tally = createLayerTally(2, []);
  tally.add({ channelErrors: [4, 0], positionErrors: [4], means: [2, 0], deviations: [0, 0] }, 1);
  const { channels: each, relativeMse, positions: none } = tally.error();
  expect(each.map((channel) => channel.relativeMse)).toEqual([1, 0]);
  expect([relativeMse, none]).toEqual([1, null]);
});

test('short axes stay as they are', () => {
  expect(poolPositions([1, 2, 3, 4, 5, 6], [2, 3])).toEqual({
    layerShape: [2, 3],
    shape: [2, 3],
    relativeMse: [1, 2, 3, 4, 5, 6],
  });
});

test('long axes are averaged down, the last cell over what is left', () => {
  const errors = Array.from({ length: 129 }, (_, index) => index);
  const { shape, relativeMse } = poolPositions(errors, [129]);
  expect(shape).toEqual([43]);
  expect(relativeMse.slice(0, 2)).toEqual([1, 4]);
  const wide = poolPositions(
    Array.from({ length: 65 * 2 }, (_, index) => index % 65),
    [2, 65],
  );
  expect(wide.shape).toEqual([2, 33]);
  expect(wide.relativeMse[32]).toBe(64);
});

test('axes after the second are averaged away', () => {
  expect(poolPositions([1, 3, 5, 7], [1, 2, 2]).relativeMse).toEqual([2, 6]);
});
