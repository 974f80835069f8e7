import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import type { Statistics } from '@fuseinit/tfjs';
import { expect, test } from 'vitest';
import { readStatistics, writeStatistics } from '../data/statistics-file.js';
import { openPartial } from './partial-file.js';

const format = { interval: 15_000, read: readStatistics, write: writeStatistics };

const nothing: Statistics = {
  specVersion: 4,
  teacher: 'abc',
  data: { samples: 1, indices: '00000000', shapes: [[2]], hashes: ['00000000'], values: [] },
  batchSize: 1,
  heldOut: 0.1,
  seed: 0,
  shards: [{ index: 0, of: 1, complete: false }],
  inputs: { batches: 0, values: [] },
  firstOfStream: null,
  spans: [],
};

test('what was gathered when it is stopped is there to be resumed, until it is removed', async () => {
  const folder = emptyFolder();
  const output = join(folder, 'all.stats');
  const stopped = new AbortController();
  const first = await openPartial(output, {}, format);
  expect(first.resume).toBeUndefined();
  const work = first.keeping(stopped.signal, async (onStatistics) => {
    onStatistics(() => nothing);
    stopped.abort();
    throw new Error('stopped');
  });
  await expect(work).rejects.toThrow('stopped');
  expect(await readdir(folder)).toEqual(['all.stats.partial']);
  await expect(openPartial(output, {}, format)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
  expect((await openPartial(output, { force: true }, format)).resume).toBeUndefined();
  const again = await openPartial(output, { resume: true }, format);
  expect(again.resume).toEqual(nothing);
  await again.remove();
  expect(await readdir(folder)).toEqual([]);
});

test('nothing to resume is no failure, and what a killed run would leave is there from the first batch', async () => {
  const folder = emptyFolder();
  const partial = await openPartial(join(folder, 'all.stats'), { resume: true }, format);
  const whole = await partial.keeping(new AbortController().signal, async (onStatistics) => {
    onStatistics(() => nothing);
    return nothing;
  });
  expect(whole).toBe(nothing);
  expect(await readdir(folder)).toEqual(['all.stats.partial']);
  await partial.remove();
  expect(await readdir(folder)).toEqual([]);
});
