import { FuseInitError, momentsOfRows, type NdArray, ndArray, referenceBackend } from '@fuseinit/core';
import { describe, expect, test } from 'vitest';
import { collectMoments, type TapBatch } from './collect-taps.js';
import { createCollector } from './collectors.js';

type Batch = TapBatch<NdArray>;

/** Rows [samples, 2] and targets [samples, 1] that differ from batch to batch. */
function batchOf(batch: number, samples: number, heldOut = false): Batch {
  const input = Float64Array.from({ length: samples * 2 }, (_, index) => Math.sin(batch * 31 + index * 7));
  const target = Float64Array.from(
    { length: samples },
    (_, index) => input[index * 2]! - input[index * 2 + 1]! ** 2,
  );
  return {
    input: ndArray([samples, 2], input),
    target: ndArray([samples, 1], target),
    samples,
    heldOut,
    batch,
  };
}

async function* streamed(...batches: readonly Batch[]): AsyncGenerator<Batch> {
  yield* batches;
}

const collect = (batches: AsyncIterable<Batch>, more: { signal?: AbortSignal } = {}) =>
  collectMoments({ tap: 'conv2', batches, backend: referenceBackend, geometry: null, ...more });

async function refusalOf(work: Promise<unknown>): Promise<FuseInitError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!FuseInitError.isInstance(error)) throw new Error(`No FuseInitError: ${String(error)}`);
  return error;
}

describe('collectMoments', () => {
  test('batches add up to the moments of all their rows', async () => {
    const batches = [batchOf(0, 5), batchOf(1, 1), batchOf(2, 8)];
    const { moments, samples, heldOut } = await collect(streamed(...batches));
    const all = (side: 'input' | 'target', width: number) =>
      ndArray([14, width], Float64Array.from(batches.flatMap((batch) => [...batch[side].data])));
    const whole = momentsOfRows(all('input', 2), all('target', 1));
    expect(samples).toBe(14);
    expect(moments.count).toBe(14);
    expect(heldOut).toBeUndefined();
    for (const key of ['inputMean', 'inputCovariance', 'crossCovariance', 'targetCovariance'] as const) {
      moments[key].data.forEach((value, index) => {
        // Float64 sums of 14 numbers of size 1.
        expect(value).toBeCloseTo(whole[key].data[index]!, 13);
      });
    }
  });

  test('held-out rows are kept apart', async () => {
    const { moments, heldOut, samples, heldOutSamples } = await collect(
      streamed(batchOf(0, 5), batchOf(0, 2, true), batchOf(1, 4)),
    );
    expect([samples, heldOutSamples]).toEqual([9, 2]);
    expect([moments.count, heldOut?.inputs.shape]).toEqual([9, [2, 2]]);
  });

  test('tells the samples so far', async () => {
    const seen: number[] = [];
    await collectMoments({
      tap: 'conv2',
      batches: streamed(batchOf(0, 5), batchOf(1, 3)),
      backend: referenceBackend,
      geometry: null,
      totalSamples: 8,
      onProgress: ({ samples, totalSamples, tap }) => {
        expect([totalSamples, tap]).toEqual([8, 'conv2']);
        seen.push(samples);
      },
    });
    expect(seen).toEqual([5, 8]);
  });

  test.each([
    ['input', Number.NaN],
    ['input', Number.POSITIVE_INFINITY],
    ['input', 1e200],
    ['target', Number.NaN],
    ['target', Number.NEGATIVE_INFINITY],
  ] as const)('refuses %s %d with batch and tap', async (side, value) => {
    const bad = batchOf(3, 4);
    bad[side].data[1] = value;
    const error = await refusalOf(collect(streamed(batchOf(0, 5), bad)));
    expect(error).toMatchObject({ code: 'VALUE_NOT_FINITE', layerName: 'conv2' });
    expect(error.message).toMatch(new RegExp(`^Batch 3 .* in the ${side} at "conv2"`));
  });

  test('stops when told, and lets its source clean up', async () => {
    const controller = new AbortController();
    let cleaned = false;
    let given = 0;
    async function* endless(): AsyncGenerator<Batch> {
      try {
        for (;;) {
          if (++given === 3) controller.abort();
          yield batchOf(given, 4);
        }
      } finally {
        cleaned = true;
      }
    }
    const error = await refusalOf(collect(endless(), { signal: controller.signal }));
    expect(error.code).toBe('ABORTED');
    expect([given, cleaned]).toEqual([3, true]);
  });

  test('refuses to make moments of nothing, or of held-out rows alone', async () => {
    expect((await refusalOf(collect(streamed()))).code).toBe('CALIBRATION_DATA_EMPTY');
    expect((await refusalOf(collect(streamed(batchOf(0, 4, true))))).code).toBe('CALIBRATION_DATA_EMPTY');
  });

  test('goes on after a failure, from what another collector held, to the last bit', async () => {
    const batches = [batchOf(0, 5), batchOf(0, 1, true), batchOf(1, 4), batchOf(2, 8), batchOf(3, 2, true)];
    const whole = await collect(streamed(...batches));
    const failing = {
      ...referenceBackend,
      patchMoments: (input: NdArray, target: NdArray) => {
        if (input === batches[3]!.input) throw new FuseInitError('DEVICE_LOST', 'gone');
        return referenceBackend.patchMoments(input, target, null);
      },
    };
    const collector = createCollector('conv2');
    const work = collectMoments({
      tap: 'conv2',
      batches: streamed(...batches),
      collector,
      backend: failing,
      geometry: null,
    });
    expect((await refusalOf(work)).code).toBe('DEVICE_LOST');
    expect([collector.batches, collector.samples]).toEqual([3, 10]);
    const resumed = createCollector('conv2', structuredClone(collector.state()));
    const seen: number[] = [];
    const collected = await collectMoments({
      tap: 'conv2',
      batches: streamed(...batches.slice(resumed.batches)),
      collector: resumed,
      backend: referenceBackend,
      geometry: null,
      onProgress: ({ samples }) => seen.push(samples),
    });
    expect(collected).toEqual(whole);
    expect(seen).toEqual([18, 20]);
  });

  test('a state of another tap is refused', async () => {
    const state = createCollector('conv1').state();
    const work = (async () => createCollector('conv2', state))();
    expect((await refusalOf(work)).code).toBe('CHECKPOINT_MISMATCH');
  });
});
