import {
  type BackendAdapter,
  FuseInitError,
  type NdArray,
  patchGeometry,
  referenceBackend,
} from '@fuseinit/core';
import { randomArray } from '@fuseinit/core/testing';
import { expect, test } from 'vitest';
import { collectTaps, type TapsBatch } from './collect-taps.js';
import { type CollectedMoments, type Collector, createCollector } from './collectors.js';
import type { Tap } from './intake.js';
import { numbersOf, summingBackend } from './testing-support/summing-backend.test-support.js';

const geometry = patchGeometry({ inputSize: [40], kernelSize: [3] });

/**
 * Sequences of 40 positions for a convolution, and what they are in all for a dense layer; every third part
 * held out.
 */
const parts: readonly TapsBatch<NdArray>[] = Array.from({ length: 30 }, (_, index) => {
  const samples = index % 3 === 2 ? 2 : 18;
  const input = randomArray(index, [samples, 40, 2]);
  const conv = { input, target: randomArray(index + 100, [samples, 38, 3]) };
  const dense = { input, target: randomArray(index + 200, [samples, 4]) };
  return { samples, heldOut: index % 3 === 2, batch: index, endsBatch: true, read: () => [conv, dense] };
});

async function* streamed(from: readonly TapsBatch<NdArray>[], each?: (index: number) => void) {
  for (const [index, part] of from.entries()) {
    each?.(index);
    yield part;
  }
}

interface MomentsTap extends Tap {
  readonly collector: Collector;
}

const taps = (): MomentsTap[] => [
  { name: 'conv', geometry, collector: createCollector('conv') },
  { name: 'dense', geometry: null, collector: createCollector('dense') },
];

async function collect(
  backend: BackendAdapter,
  batches: AsyncIterable<TapsBatch<NdArray>> = streamed(parts),
  at: readonly MomentsTap[] = taps(),
  signal?: AbortSignal,
): Promise<CollectedMoments[]> {
  await collectTaps({ taps: at, batches, backend, signal });
  return at.map(({ collector }) => collector.collected());
}

function expectSame(collected: readonly CollectedMoments[], expected: readonly CollectedMoments[]): void {
  for (const [index, { moments, heldOut, ...counts }] of collected.entries()) {
    const { moments: fit, heldOut: held, ...rest } = expected[index]!;
    expect(counts).toEqual(rest);
    expect(heldOut).toEqual(held);
    const numbers = numbersOf({ ...moments });
    const wanted = numbersOf({ ...fit });
    // Float64 sums of some ten thousand numbers of size 1, added in another order.
    for (const [at, value] of numbers.entries()) expect(value).toBeCloseTo(wanted[at]!, 12);
  }
}

test('sums on the device come home as the moments of each batch would have', async () => {
  const { backend, log } = summingBackend();
  expectSame(await collect(backend), await collect(referenceBackend));
  expect([log.created, log.disposed]).toEqual([2, 2]);
});

test('they come home together, as soon as 8192 rows were added, and at the end', async () => {
  const { backend, log } = summingBackend();
  await collect(backend, streamed(parts), [taps()[0]!]);
  // 38 rows a sample, 18 + 18 + 2 samples in three parts: the seventeenth part is the first beyond 8192 rows.
  const rows = (from: number, to: number) =>
    parts.slice(from, to).reduce((sum, part) => sum + (part.heldOut ? 0 : 38 * part.samples), 0);
  expect(log.taken).toEqual([rows(0, 17), rows(17, 30)]);
});

test('a collection that was stopped goes on at the batch where it stopped', async () => {
  const { backend, log } = summingBackend();
  const controller = new AbortController();
  const at = taps();
  const stopped = collect(
    backend,
    streamed(parts, (index) => index === 20 && controller.abort()),
    at,
    controller.signal,
  );
  await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
  expect(at.map(({ collector }) => collector.batches)).toEqual([20, 20]);
  expect(log.disposed).toBe(2);
  const read: number[] = [];
  const rest = parts.map((part) => ({
    ...part,
    read: () => {
      read.push(part.batch);
      return part.read();
    },
  }));
  const resumed = at.map(({ collector, ...tap }) => ({
    ...tap,
    collector: createCollector(tap.name, structuredClone(collector.state())),
  }));
  expectSame(await collect(backend, streamed(rest), resumed), await collect(referenceBackend));
  expect(read).toEqual(parts.slice(20).map(({ batch }) => batch));
});

test('a source that fails takes nothing with it', async () => {
  const at = taps();
  const failing = streamed(parts, (index) => {
    if (index === 5) throw new RangeError('the disk is gone');
  });
  await expect(collect(summingBackend().backend, failing, at)).rejects.toThrow('the disk is gone');
  expect(at.map(({ collector }) => collector.batches)).toEqual([5, 5]);
});

test.each(['input', 'target'] as const)(
  'NaN in the %s names batch and tap; what came home before it stays, and can be gone on from',
  async (side) => {
    const bad = parts.map((part, index) => {
      if (index !== 20) return part;
      const [conv, dense] = part.read();
      const array = structuredClone(dense![side]);
      array.data[3] = Number.NaN;
      return { ...part, read: () => [conv!, { ...dense!, [side]: array }] };
    });
    const { backend, log } = summingBackend();
    const at = taps();
    const error = await collect(backend, streamed(bad), at).catch((reason: unknown) => reason);
    if (!FuseInitError.isInstance(error)) throw error;
    expect(error).toMatchObject({ code: 'VALUE_NOT_FINITE', layerName: 'dense' });
    expect(error.message).toMatch(new RegExp(`^Batch 20 .* in the ${side} at "dense"`));
    expect([log.created, log.disposed]).toEqual([2, 2]);
    // The convolution has many rows a sample and had its batch whole; the other had nothing taken yet.
    expect(at.map(({ collector }) => collector.batches)).toEqual([21, 0]);
    expectSame(await collect(backend, streamed(parts), at), await collect(referenceBackend));
  },
);

test('what overflows on the device is told with the batches that it may be in', async () => {
  const large = parts.map((part, index) => {
    if (index !== 4) return part;
    const [conv, dense] = part.read();
    const input = structuredClone(dense!.input);
    input.data[0] = 1e200;
    return { ...part, read: () => [conv!, { ...dense!, input }] };
  });
  await expect(collect(summingBackend().backend, streamed(large))).rejects.toMatchObject({
    code: 'VALUE_NOT_FINITE',
    message: expect.stringMatching(/^One of the batches 0 to 29 holds .* in the input at "dense"/),
  });
});

test('a device that fails while sums come home leaves the collector as it was', async () => {
  const { backend } = summingBackend();
  let takes = 0;
  const failing: BackendAdapter = {
    ...backend,
    async createSums(layout) {
      const sums = await backend.createSums!(layout);
      return {
        ...sums,
        take: () => {
          if (++takes === 2) throw new FuseInitError('DEVICE_LOST', 'gone');
          return sums.take();
        },
      };
    },
  };
  const at = [taps()[0]!];
  await expect(collect(failing, streamed(parts), at)).rejects.toMatchObject({ code: 'DEVICE_LOST' });
  // What had come home the first time counts, and of the second time nothing, not even what was held out.
  expect(at[0]!.collector.batches).toBe(17);
  expectSame(await collect(backend, streamed(parts), at), (await collect(referenceBackend)).slice(0, 1));
});
