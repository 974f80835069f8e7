import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findModels } from './find-models.js';

const root = mkdtempSync(join(tmpdir(), 'fuseinit-zoo-'));
afterAll(() => rmSync(root, { recursive: true }));

test('a folder of models is searched, a model is taken as it is, and what holds none is refused', () => {
  for (const folder of ['all/b', 'all/a/deeper', 'all/node_modules/c', 'empty'])
    mkdirSync(join(root, folder), { recursive: true });
  for (const folder of ['all/b', 'all/a/deeper', 'all/node_modules/c'])
    writeFileSync(join(root, folder, 'model.json'), '{}');
  const namesIn = (...folders: string[]) =>
    findModels(folders.map((folder) => join(root, folder))).map(({ name }) => name);
  expect(namesIn('all')).toEqual(['deeper', 'b']);
  expect(namesIn('all/b', 'all')).toEqual(['b', 'deeper', 'b']);
  expect(() => namesIn('empty')).toThrow('no model.json');
  expect(() => namesIn('nowhere')).toThrow("isn't there");
});
