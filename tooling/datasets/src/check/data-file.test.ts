import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { folderWith } from '@fuseinit/test-inputs/folders';
import { expect, test } from 'vitest';
import { refusal } from '../testing-support/refusal.test-support.js';
import { readDataFile } from './data-file.js';
import { sha256Of } from './digest.js';
import { listFolder } from './list-folder.js';
import { requireFiles } from './require-files.js';

const origin = { title: 'the set', address: 'https://example.org/set', licence: 'CC0', hint: '3 rows' };

test('a missing file or folder says what, where to get it and where to put it', () => {
  const path = join(folderWith({}), 'set');
  for (const [run, looked] of [
    [() => readDataFile({ path, origin }, 'a.csv.gz'), join(path, 'a.csv.gz')],
    [() => listFolder({ path, origin }, 'words'), join(path, 'words')],
  ] as const) {
    expect(refusal(run)).toBe(
      `DATA_FILE_MISSING: ${looked} isn't there. Get the set (CC0) from https://example.org/set (3 rows) and put its files into ${path}.`,
    );
  }
});

test('a file instead of a folder and a folder instead of a file are refused by name', () => {
  const path = folderWith({ file: 'text', 'folder/a': '' });
  const inFile = { path: join(path, 'file'), origin };
  expect(refusal(() => readDataFile(inFile, 'a.csv'))).toMatch(/^DATA_FILE_INVALID: a\.csv .*ENOTDIR/);
  expect(refusal(() => listFolder(inFile))).toMatch(/^DATA_FILE_INVALID: file .*ENOTDIR/);
  expect(refusal(() => readDataFile({ path, origin }, 'folder'))).toMatch(
    /^DATA_FILE_INVALID: folder .*EISDIR/,
  );
});

test('what is no gzip, or half of one, is refused by name', () => {
  const half = gzipSync(Buffer.alloc(1000, 'text')).subarray(0, 20);
  const path = folderWith({ 'a.gz': 'text', 'b.gz': half });
  for (const name of ['a.gz', 'b.gz']) {
    expect(refusal(() => readDataFile({ path, origin }, name))).toMatch(
      /^DATA_FILE_INVALID: [ab]\.gz .*can't be unpacked/,
    );
  }
});

test('the packed file goes before the unpacked one', () => {
  const path = folderWith({ 'a.gz': gzipSync('packed'), a: 'plain', b: 'plain' });
  expect(readDataFile({ path, origin }, 'a.gz').toString()).toBe('packed');
  expect(readDataFile({ path, origin }, 'b.gz').toString()).toBe('plain');
});

test('names are listed in order', () => {
  const path = folderWith({ b: '', a: '', 'c/d': '' });
  expect(listFolder({ path, origin })).toEqual(['a', 'b', 'c']);
  expect(listFolder({ path, origin }, 'c')).toEqual(['d']);
});

test('many files have one digest, in any order, of names and contents', () => {
  const folder = { path: '/data/set', origin };
  const one = { name: 'one', content: Buffer.from('1') };
  const two = { name: 'two', content: Buffer.from('2') };
  const digest = sha256Of(`one ${sha256Of('1')}\ntwo ${sha256Of('2')}\n`);
  requireFiles(folder, [one, two], digest);
  requireFiles(folder, [two, one], digest);
  requireFiles(folder, [one], undefined);
  for (const files of [[one], [one, { ...two, content: one.content }], [one, { ...two, name: 'three' }]]) {
    const message = refusal(() => requireFiles(folder, files, digest));
    expect(message).toMatch(/^DATA_FILE_INVALID: set \(\/data\/set\)/);
    expect(message).toContain(`over the ${files.length} files`);
    expect(message).toMatch(new RegExp(`is (?!${digest})[0-9a-f]{64}, ${digest} was expected`));
  }
});
