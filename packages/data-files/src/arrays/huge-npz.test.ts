import { join } from 'node:path';
import { constants, deflateRawSync } from 'node:zlib';
import { folderWith } from '@fuseinit/test-inputs/folders';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { expect, test } from 'vitest';
import { openForTest, readAll } from '../testing-support/read-all.test-support.js';
import { npyHead, writeZip64 } from '../testing-support/zip64.test-support.js';

/** In MiB. */
const peakMemory = () => process.resourceUsage().maxRSS / 1024;

test('of 5 GB in a zip64 only what is asked for is read', async () => {
  const path = join(folderWith({}), 'huge.npz');
  const shape = [5_000_000, 1024];
  const start = Buffer.concat([npyHead(shape), Buffer.alloc(1024, 1)]);
  const bytes = npyHead(shape).length + shape[0]! * shape[1]!;
  const entry = { name: 'x.npy', method: 'stored', bytes, unpackedBytes: bytes } as const;
  await writeZip64(path, { ...entry, start, end: Buffer.alloc(1024, 7) });

  const before = peakMemory();
  const data = await openForTest(path, { pixels: 'raw' });
  expect(data.description).toBe('huge.npz, array "x": 5000000 samples of [1024], uint8, as stored');
  const first = await readAll(data, 2, { end: 2 });
  expect(first.values).toEqual([...new Array(1024).fill(1), ...new Array(1024).fill(0)]);
  const last = await readAll(data, 2, { first: 4_999_998 });
  expect(last.values).toEqual([...new Array(1024).fill(0), ...new Array(1024).fill(7)]);
  for await (const { shape } of data.batches(64)) {
    expect(shape).toEqual([64, 1024]);
    break;
  }
  expect(peakMemory() - before).toBeLessThan(100);
});

test('300 MB that are packed are unpacked piece by piece, and no further than asked for', async () => {
  const path = join(folderWith({}), 'packed.npz');
  const shape = [300_000, 1000];
  const options = { finishFlush: constants.Z_SYNC_FLUSH, level: 1 };
  // A stretch of zeros, packed once and repeated: deflate's blocks follow each other as they are.
  const zeros = deflateRawSync(Buffer.alloc(1_000_000), { finishFlush: constants.Z_FULL_FLUSH, level: 1 });
  const packed = Buffer.concat([
    deflateRawSync(npyHead(shape), options),
    ...new Array(299).fill(zeros),
    deflateRawSync(Buffer.alloc(1_000_000, 9)),
  ]);
  const unpackedBytes = npyHead(shape).length + 300_000_000;
  const entry = { name: 'x.npy', method: 'deflated', bytes: packed.length, unpackedBytes } as const;
  await writeZip64(path, { ...entry, start: packed, end: Buffer.alloc(0) });

  const before = peakMemory();
  const data = await openForTest(path, { pixels: 'raw' });
  expect((await readAll(data, 1, { end: 1 })).values).toEqual(new Array(1000).fill(0));
  const last = await readAll(data, 1, { first: 299_999 });
  expect(last.values).toEqual(new Array(1000).fill(9));
  // Long before all is unpacked.
  const signal = AbortSignal.timeout(5);
  expect((await refusalOf(() => readAll(data, 1, { first: 299_999, signal }))).code).toBe('ABORTED');
  expect(peakMemory() - before).toBeLessThan(100);
});
