import { existsSync, readdirSync, renameSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inPartialFolder } from './partial-folder.js';
import { eachInFolder } from './testing-support/folder.test-support.js';

const folder = eachInFolder();

test('work that fails leaves nothing; work that is renamed stays', async () => {
  const failing = inPartialFolder(folder.path, async (partial) => {
    expect(existsSync(partial)).toBe(true);
    throw new Error('no more room');
  });
  await expect(failing).rejects.toThrow('no more room');
  expect(readdirSync(folder.path)).toEqual([]);
  await inPartialFolder(folder.path, async (partial) => renameSync(partial, join(folder.path, 'done')));
  expect(readdirSync(folder.path)).toEqual(['done']);
});

test('what a killed process has left is removed after a day, and no other work', async () => {
  folder.put('.partial-old/x', '.partial-now/x', 'done/x');
  const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
  for (const name of ['.partial-old', 'done']) utimesSync(join(folder.path, name), twoDaysAgo, twoDaysAgo);
  await inPartialFolder(folder.path, async () => {});
  expect(readdirSync(folder.path).sort()).toEqual(['.partial-now', 'done']);
});
