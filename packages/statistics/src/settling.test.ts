import {
  type AffineMap,
  type CalibrationRows,
  type NdArray,
  ndArray,
  referenceBackend,
  referenceLinearAlgebra,
  solveAffine,
} from '@fuseinit/core';
import { randomArray } from '@fuseinit/core/testing';
import { expect, test } from 'vitest';
import { collectTaps, type TapsBatch } from './collect-taps.js';
import { createCollector } from './collectors.js';
import { createSettling, firstRound, type Settling } from './settling.js';

const inputs = 6;
const noise = 0.5;

/** Rows of white inputs and one target, their sum and noise: 10 samples a batch, the last held out. */
function batchesOf(count: number): TapsBatch<NdArray>[] {
  return Array.from({ length: 2 * count }, (_, at) => {
    const batch = at >> 1;
    const heldOut = at % 2 === 1;
    const samples = heldOut ? 1 : 9;
    const input = randomArray(at, [samples, inputs]);
    const errors = randomArray(at + 100_000, [samples, 1]);
    const target = errors.data.map(
      (error, row) =>
        noise * error + input.data.subarray(row * inputs, (row + 1) * inputs).reduce((sum, x) => sum + x),
    );
    const pair = { input, target: ndArray([samples, 1], target) };
    return { samples, heldOut, batch, endsBatch: heldOut, read: () => [pair] };
  });
}

async function* streamed(batches: readonly TapsBatch<NdArray>[], onBatch?: (at: number) => void) {
  for (const [at, batch] of batches.entries()) {
    onBatch?.(at);
    yield batch;
  }
}

const start = firstRound({ patchSize: inputs, rowsPerSample: 1, heldOut: 0.1 });

async function settled(
  batches: AsyncIterable<TapsBatch<NdArray>>,
  watch: Settling,
  more: { collector?: ReturnType<typeof createCollector>; signal?: AbortSignal } = {},
) {
  const { collector = createCollector('tap'), signal } = more;
  await collectTaps({
    taps: [{ name: 'tap', geometry: null, collector }],
    batches,
    backend: referenceBackend,
    signal,
    settle: {
      watches: [watch],
      firstRound: start,
      linearAlgebra: referenceLinearAlgebra,
      solve: async () => solveAffine(collector.collected().moments, { ridge: 0 }),
    },
  });
  return collector.collected();
}

test('ends where more samples would change little, and lets its source clean up', async () => {
  const watch = createSettling();
  let isClosed = false;
  async function* endless() {
    try {
      yield* batchesOf(5000);
    } finally {
      isClosed = true;
    }
  }
  const collected = await settled(endless(), watch);
  const { rounds, settled: hasSettled } = watch.report();
  expect([hasSettled, isClosed]).toEqual([true, true]);
  expect(rounds.map(({ samples }) => samples)).toEqual(
    rounds.map((_, round) => 10 * Math.ceil((start * 2 ** round) / 10)),
  );
  expect(collected.samples + collected.heldOutSamples).toBe(rounds.at(-1)!.samples);
  // What n rows cost is inputs / n of the noise: where it has settled that is a hundredth, and wasn't at the
  // start.
  expect(inputs / collected.samples).toBeLessThan(0.01);
  expect(inputs / start).toBeGreaterThan(0.01);
  // The noise over the variance of the targets, within three of the standard errors that it tells.
  const { heldOutRelativeMse, standardError } = rounds.at(-1)!;
  const best = noise ** 2 / (inputs + noise ** 2);
  expect(Math.abs(heldOutRelativeMse - best)).toBeLessThan(3 * standardError);
});

test('data that run out before are told of, with the error on all of them', async () => {
  const watch = createSettling();
  await settled(streamed(batchesOf(30)), watch);
  const { rounds, settled: hasSettled } = watch.report();
  expect(hasSettled).toBe(false);
  expect(rounds.map(({ samples }) => samples)).toEqual([130, 260, 300]);
});

test('goes on after a break as if there had been none', async () => {
  const whole = createSettling();
  const batches = batchesOf(5000);
  const expected = await settled(streamed(batches), whole);
  for (const stop of [27, 60]) {
    const controller = new AbortController();
    const [watch, collector] = [createSettling(), createCollector('tap')];
    const stopped = settled(
      streamed(batches, (at) => at === stop && controller.abort()),
      watch,
      { collector, signal: controller.signal },
    );
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    const resumed = createSettling(structuredClone(watch.state()));
    const held = createCollector('tap', structuredClone(collector.state()));
    expect(await settled(streamed(batches), resumed, { collector: held })).toEqual(expected);
    expect(resumed.report()).toEqual(whole.report());
    // One that has settled takes nothing more.
    expect(await settled(streamed(batches), resumed, { collector: held })).toEqual(expected);
  }
});

const mapOf = (slope: number): AffineMap => ({ kernel: ndArray([1, 1], [slope]), bias: ndArray([1], [0]) });
const judge = (watch: Settling, map: AffineMap, heldOut: CalibrationRows) =>
  watch.judge(1, map, heldOut, referenceLinearAlgebra);

test('positions of one sample that are all the same count as one row', async () => {
  const [x, z] = [randomArray(1, [50, 1]), randomArray(2, [50, 1])];
  const repeated = ({ data }: NdArray) =>
    ndArray(
      [1000, 1],
      Array.from({ length: 1000 }, (_, at) => data[Math.floor(at / 20)]!),
    );
  const alone = await judge(createSettling(), mapOf(1), { inputs: x, targets: z });
  const rows = { inputs: repeated(x), targets: repeated(z), rowsPerSample: 20 };
  const together = await judge(createSettling(), mapOf(1), rows);
  // Means of 20 equal numbers.
  expect(together.round.standardError).toBeCloseTo(alone.round.standardError, 12);
  expect(together.round.heldOutRelativeMse).toBeCloseTo(alone.round.heldOutRelativeMse, 12);
});

test('an error that fell or rose by more than a hundredth has not settled; one that stayed has', async () => {
  const inputs = randomArray(3, [400, 1]);
  const errors = randomArray(4, [400, 1]);
  const targets = ndArray(
    [400, 1],
    inputs.data.map((value, row) => value + errors.data[row]!),
  );
  const after = async (before: number, now: number) => {
    const watch = createSettling();
    watch.record(await judge(watch, mapOf(before), { inputs, targets }));
    return (await judge(watch, mapOf(now), { inputs, targets })).settled;
  };
  // A slope that is off by s adds s^2 to an error of 1; the standard error of that is s / 10 from 400 rows.
  expect(await after(1.5, 1)).toBe(false);
  expect(await after(1, 1.5)).toBe(false);
  expect(await after(1.001, 1)).toBe(true);
});

test('no error at all has settled, and so has what only float32 tells from none', async () => {
  const x = randomArray(5, [100, 1]);
  const heldOut = { inputs: x, targets: x };
  const watch = createSettling();
  watch.record(await judge(watch, mapOf(1), heldOut));
  expect((await judge(watch, mapOf(1), heldOut)).settled).toBe(true);
  expect((await judge(watch, mapOf(1 + 1e-4), heldOut)).settled).toBe(true);
  expect((await judge(watch, mapOf(1 + 1e-2), heldOut)).settled).toBe(false);
});
