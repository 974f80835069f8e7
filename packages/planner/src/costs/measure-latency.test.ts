import { tf } from '@fuseinit/test-inputs/seeded-models';
import { expect, test } from 'vitest';
import { compareLatency, hasSettled, latenciesOf } from './measure-latency.js';

/**
 * So many turns of a model and of one that takes `share` of its time, on a machine that slows down by half.
 */
function turnsOf(count: number, share: number, shape = (turn: number) => 1 + turn / count): number[][] {
  return Array.from({ length: count }, (_, turn) => [shape(turn), share * shape(turn)]);
}

test('a ratio is taken round by round, so that a machine that slows down changes nothing', () => {
  const [teacher, student] = latenciesOf([9, 8], turnsOf(100, 0.6), true) as never[] as ReturnType<
    typeof latenciesOf
  >;
  expect(teacher).toMatchObject({ first: 9, count: 100, ratio: { median: 1, low: 1, high: 1 } });
  expect(student!.first).toBe(8);
  expect(student!.median).toBeCloseTo(0.6 * (1 + 49.5 / 100));
  for (const end of ['median', 'low', 'high'] as const) expect(student!.ratio[end]).toBeCloseTo(0.6);
});

test('the interval of a ratio leaves out the farthest round at each end, and with few rounds none', () => {
  const turns = turnsOf(10, 0.5, () => 1);
  for (const [turn, ratio] of [
    [2, 0.9],
    [3, 0.1],
    [7, 0.6],
    [8, 0.4],
  ] as const) {
    turns[turn]![1] = ratio;
  }
  expect(latenciesOf([1, 1], turns, true)[1]!.ratio).toEqual({ median: 0.5, low: 0.4, high: 0.6 });
  expect(latenciesOf([1, 1], turns.slice(0, 4), true)[1]!.ratio).toMatchObject({ low: 0.1, high: 0.9 });
});

test('runs have settled where none is faster in its second half than in its first', () => {
  expect(hasSettled(turnsOf(100, 0.5))).toBe(true);
  expect(hasSettled(turnsOf(100, 0.5, () => 1))).toBe(true);
  const settling = (turn: number) => 1 + 1 / (1 + turn);
  expect(hasSettled(turnsOf(20, 0.5, settling))).toBe(false);
  expect(hasSettled(turnsOf(1000, 0.5, settling))).toBe(true);
  // One that still becomes faster is enough.
  expect(hasSettled(turnsOf(100, 0.5).map(([first], turn) => [first!, turn < 50 ? 2 : 1]))).toBe(false);
});

test('a signal from outside is answered while models are timed', async () => {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  // The CPU backend downloads in microtasks alone: unless timing yields, the timer never fires.
  await expect(
    compareLatency(tf, [model], { seconds: 1e6, signal: controller.signal }),
  ).rejects.toMatchObject({ code: 'ABORTED' });
  model.dispose();
});
