import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import { encodeStatistics, type Statistics } from '@fuseinit/tfjs';
import { expect, test } from 'vitest';
import { fuseinit } from '../../testing-support/fuseinit.test-support.js';

/** Writes the statistics of one of three parts, in batches of 64 unless it is said otherwise. */
async function part(folder: string, name: string, index: number, more: Partial<Statistics> = {}) {
  const path = join(folder, name);
  const statistics: Statistics = {
    specVersion: 4,
    teacher: 'abc',
    data: { samples: 600, indices: '1', shapes: [[28, 28, 1]], hashes: ['1', '2', '3', '4'], values: [] },
    batchSize: 64,
    heldOut: 0.1,
    seed: 0,
    shards: [{ index, of: 3, complete: true }],
    inputs: { batches: 1, values: [] },
    firstOfStream: null,
    spans: [],
    ...more,
  };
  await writeFile(path, encodeStatistics(statistics));
  return path;
}

test('parts that are missing or unfinished are named', async () => {
  const folder = emptyFolder();
  const first = await part(folder, '0.stats', 0);
  const stopped = await part(folder, '2.stats.partial', 2, {
    shards: [{ index: 2, of: 3, complete: false }],
  });
  const { code, stderr } = await fuseinit(['merge', first, stopped, '-o', join(folder, 'all.stats')]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/warning: The statistics lack the parts 1 of 3/);
  expect(stderr).toMatch(/warning: The collection of part 2 of 3 was stopped before its end/);
});

test('parts that would count samples twice, or mix data, are refused by their names', async () => {
  const folder = emptyFolder();
  const first = await part(folder, '0.stats', 0);
  const again = await part(folder, 'again.stats', 0);
  const batches = await part(folder, 'batches.stats', 1, { batchSize: 32 });
  const others = await part(folder, 'others.stats', 1, {
    data: { samples: 600, indices: '1', shapes: [[28, 28, 1]], hashes: ['1', '2', '5', '6'], values: [] },
  });
  const merged = async (...files: string[]) => {
    const { code, stderr } = await fuseinit(['merge', ...files, '-o', join(folder, 'all.stats')]);
    expect(code).toBe(1);
    return stderr.replaceAll(`${folder}/`, '');
  };
  expect(await merged(first, again)).toMatch(/0\.stats and again\.stats both hold part 0 of 3/);
  expect(await merged(first, batches)).toMatch(
    /0\.stats and batches\.stats can't be merged, since they come from batches of 64 samples and batches of 32.*\(CHECKPOINT_MISMATCH\)/,
  );
  expect(await merged(first, others)).toMatch(
    /others\.stats can't be merged.* 2 of 4 that were compared differ/,
  );
});
