import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Recorded, readRecorded, withRows, writeRecorded } from './record.js';

const recorded = (
  keys: readonly string[],
  date: string,
  { node = 'v1', software = {} }: { node?: string; software?: Record<string, string> } = {},
): Recorded => ({
  benchmark: 'some',
  machine: { cpu: 'c', cores: 2, memoryGiB: 8, system: 's', node },
  software,
  rows: keys.map((key) => ({ key, date })),
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fuseinit-bench-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('new rows take the place of those of the same key, and others stay', () => {
  const { rows } = withRows(recorded(['1', '2', '3'], 'then'), recorded(['2', '4'], 'now'));
  expect(rows.map(({ key, date }) => `${key} ${date}`)).toEqual(['1 then', '2 now', '3 then', '4 now']);
});

test('rows of another machine or Node are given up', () => {
  const now = recorded(['2'], 'now', { node: 'v2' });
  expect(withRows(recorded(['1'], 'then'), now)).toBe(now);
});

test('rows stay where other software ran them, and are given up where it has another version now', () => {
  const earlier = recorded(['1'], 'then', { software: { wasm: '1', cpu: '1' } });
  const other = withRows(earlier, recorded(['2'], 'now', { software: { native: '1', cpu: '1' } }));
  expect(other.rows.map(({ key }) => key)).toEqual(['1', '2']);
  expect(other.software).toEqual({ wasm: '1', native: '1', cpu: '1' });
  const newer = recorded(['2'], 'now', { software: { cpu: '2' } });
  expect(withRows(earlier, newer)).toBe(newer);
});

test('what is written is read again, from a folder that was not there', () => {
  const file = join(folder, 'results/some.json');
  expect(readRecorded(file)).toBeUndefined();
  writeRecorded(file, recorded(['1'], 'now'));
  expect(readRecorded(file)).toEqual(recorded(['1'], 'now'));
});
