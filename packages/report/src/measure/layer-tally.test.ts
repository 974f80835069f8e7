import { seededData, tf } from '@fuseinit/test-inputs/seeded-models';
import { expect, test } from 'vitest';
import { errorSums } from './error-sums.js';
import { createLayerTally, type LayerTally } from './layer-tally.js';

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
