import { type BackendAdapter, FuseInitError, type NdArray, referenceBackend } from '@fuseinit/core';
import { randomArray } from '@fuseinit/core/testing';
import { expect, test } from 'vitest';
import { collectTaps, type TapsBatch } from './collect-taps.js';
import { createCollector, createRowsCollector, type RowsCollector } from './collectors.js';

/** Samples of 2 by 3 inputs and two targets; every other part held out. */
const parts: readonly TapsBatch<NdArray>[] = [4, 1, 5, 2, 3].map((samples, index) => {
  const pair = { input: randomArray(index, [samples, 2, 3]), target: randomArray(index + 50, [samples, 2]) };
  return { samples, heldOut: index % 2 === 1, batch: index, endsBatch: true, read: () => [pair] };
});

async function* streamed(from: readonly TapsBatch<NdArray>[]) {
  yield* from;
}

async function collect(
  batches = parts,
  collector: RowsCollector = createRowsCollector('dense'),
  backend: BackendAdapter = referenceBackend,
) {
  const taps = [{ name: 'dense', geometry: null, collector }];
  await collectTaps({ taps, batches: streamed(batches), backend });
  return collector.collected();
}

/** All numbers of one side of some parts, in float32. */
const numbersOf = (side: 'input' | 'target', heldOut: boolean) =>
  Float32Array.from(
    parts.filter((part) => part.heldOut === heldOut).flatMap((part) => [...part.read()[0]![side].data]),
  );

const withPart = (index: number, change: Partial<Record<'input' | 'target', NdArray>>) =>
  parts.map((part, at) => {
    const [pair] = part.read();
    return at === index ? { ...part, read: () => [{ ...pair!, ...change }] } : part;
  });

test('the rows are those that came, in their order, held-out ones apart and in an order of their own', async () => {
  const { heldOut, ...collected } = await collect();
  const rowsOf = (inputs: ArrayLike<number>, targets: ArrayLike<number>) =>
    Array.from({ length: 3 }, (_, row) =>
      JSON.stringify([
        Array.from(inputs).slice(6 * row, 6 * row + 6),
        Array.from(targets).slice(2 * row, 2 * row + 2),
      ]),
    ).sort();
  expect(heldOut).toMatchObject({ inputs: { shape: [3, 6] }, targets: { shape: [3, 2] }, rowsPerSample: 1 });
  expect(rowsOf(heldOut!.inputs.data, heldOut!.targets.data)).toEqual(
    rowsOf(numbersOf('input', true), numbersOf('target', true)),
  );
  expect(collected).toEqual({
    rows: {
      inputs: { shape: [12, 6], data: numbersOf('input', false) },
      targets: { shape: [12, 2], data: numbersOf('target', false) },
    },
    samples: 12,
    heldOutSamples: 3,
  });
  expect('heldOut' in (await collect(parts.slice(0, 1)))).toBe(false);
});

test('goes on after a failure from what another collector held', async () => {
  const failing = {
    ...referenceBackend,
    read(array: NdArray) {
      // The input of the fourth part comes, its target doesn't: the part is not there at all.
      if (array === parts[3]!.read()[0]!.target) throw new FuseInitError('DEVICE_LOST', 'gone');
      return array.data;
    },
  };
  const collector = createRowsCollector('dense');
  await expect(collect(parts, collector, failing)).rejects.toMatchObject({ code: 'DEVICE_LOST' });
  expect([collector.batches, collector.samples]).toEqual([3, 10]);
  const resumed = createRowsCollector('dense', structuredClone(collector.state()));
  expect(resumed.state()).toEqual(collector.state());
  expect(await collect(parts, resumed)).toEqual(await collect());
});

test('a state does not change with later batches', async () => {
  const collector = createRowsCollector('dense');
  await collect(parts.slice(0, 2), collector);
  const state = collector.state();
  const kept = structuredClone(state);
  await collect(parts, collector);
  expect(state).toEqual(kept);
});

test.each([
  ['input', Number.NaN],
  ['target', Number.NEGATIVE_INFINITY],
  // Beyond float32.
  ['input', 1e200],
] as const)('refuses %s %d with batch and tap', async (side, value) => {
  const array = structuredClone(parts[2]!.read()[0]![side]);
  array.data[1] = value;
  const error = await collect(withPart(2, { [side]: array })).catch((reason: unknown) => reason);
  if (!FuseInitError.isInstance(error)) throw error;
  expect(error).toMatchObject({ code: 'VALUE_NOT_FINITE', layerName: 'dense' });
  expect(error.message).toMatch(new RegExp(`^Batch 2 .* in the ${side} at "dense"`));
});

test.each([
  ['inputs of other sizes', { input: randomArray(1, [5, 7]) }],
  ['targets of other sizes', { target: randomArray(1, [5, 3]) }],
  ['targets with positions', { target: randomArray(1, [5, 2, 2]) }],
])('refuses %s', async (_title, change) => {
  await expect(collect(withPart(2, change))).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
});

test('refuses to give nothing, or held-out rows alone', async () => {
  for (const batches of [[], parts.slice(1, 2)])
    await expect(collect(batches)).rejects.toMatchObject({ code: 'CALIBRATION_DATA_EMPTY' });
});

test('the state of a collector of moments is refused, and the other way round', () => {
  for (const state of [
    createCollector('dense').state(),
    { ...createCollector('dense').state(), heldOut: {} },
  ])
    expect(() => createRowsCollector('dense', state as never)).toThrow(/has lost its arrays/);
  const rows = createRowsCollector('dense').state();
  expect(() => createCollector('dense', rows as never)).toThrow(/has lost its arrays/);
});

test('a state of another tap, or one that went through JSON, is refused', async () => {
  const collector = createRowsCollector('dense');
  await collect(parts, collector);
  const state = collector.state();
  expect(() => createRowsCollector('other', state)).toThrow(/"dense" came where one at "other"/);
  expect(() => createRowsCollector('dense', JSON.parse(JSON.stringify(state)))).toThrow(/not as JSON/);
});
