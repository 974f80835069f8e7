import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refusalOf } from '../../tfjs/src/testing-support/refusal.test-support.js';
import { type LabelOptions, openLabels } from './open-labels.js';
import { fileWith, folderWith, madeFile } from './testing-support/files.test-support.js';

type ClassOptions = LabelOptions & { readonly task?: 'classification' };

const table = 'a,kind,price\n1,2,0.5\n2,0,1.25\n3,1,-3\n';

async function refused(path: string, options?: ClassOptions): Promise<string> {
  const { code, message } = await refusalOf(() => openLabels(path, options));
  return `${code}: ${message}`;
}

test.each<[string, ClassOptions]>([
  ['labels.npy', {}],
  ['one-hot.npy', { classes: 3 }],
  ['labels-idx1-ubyte.gz', { classes: 3 }],
  ['packed.npz', { array: 'y', classes: 3 }],
])('%s has the indices of classes', async (name, options) => {
  expect(await openLabels(madeFile(name), options)).toEqual(Int32Array.of(2, 0, 1, 2));
});

test('a column of a table is read by its name', async () => {
  const path = await fileWith('x.csv', table);
  expect(await openLabels(path, { labelColumn: 'kind', classes: 3 })).toEqual(Int32Array.of(2, 0, 1));
  expect(await openLabels(path, { labelColumn: 2, task: 'regression' })).toEqual(
    Float32Array.of(0.5, 1.25, -3),
  );
  expect(await openLabels(await fileWith('y.csv', '2\n0\n'))).toEqual(Int32Array.of(2, 0));
});

test('values to predict are float32', async () => {
  expect(await openLabels(madeFile('labels.npy'), { task: 'regression' })).toEqual(
    Float32Array.of(2, 0, 1, 2),
  );
  const { code, message } = await refusalOf(() =>
    openLabels(madeFile('version-1.npy'), { task: 'regression' }),
  );
  expect([code, message]).toEqual(['DATA_FILE_INVALID', expect.stringContaining('one number a sample')]);
});

test('folders are classes by their sorted names, in the order of the images', async () => {
  const grey = await readFile(madeFile('grey.png'));
  const names = ['dog/1.png', 'cat/2.png', 'cat/deep/1.png', 'Ant/9.png'];
  const folder = await folderWith(Object.fromEntries(names.map((name) => [name, grey])));
  await mkdir(join(folder, 'bird'));
  await mkdir(join(folder, '.cache'));
  // Of bird there are none; Ant/9, cat/2, cat/deep/1, dog/1.
  expect(await openLabels(folder, { classes: 4 })).toEqual(Int32Array.of(0, 2, 2, 3));
  expect(await refused(folder, { classes: 2 })).toMatch(
    /^DATA_FILE_INVALID: .*4 folders: one for each of 2 classes/,
  );
  expect(await refused(folder, { labelColumn: 'kind' })).toMatch(/^ARGUMENT_INVALID: .*about a table/);
  expect((await refusalOf(() => openLabels(folder, { task: 'regression' }))).code).toBe('ARGUMENT_INVALID');
});

test('images that are left out of the samples are left out of the labels', async () => {
  const grey = await readFile(madeFile('grey.png'));
  const folder = await folderWith({ 'a/1.png': grey, 'a/2.png': 'broken', 'b/3.png': grey });
  expect(await openLabels(folder, { skipUnreadable: true })).toEqual(Int32Array.of(0, 1));
  expect(await refused(folder)).toMatch(/^DATA_FILE_INVALID: .*2\.png/);
});

test('an image beside the folders of classes is refused', async () => {
  const grey = await readFile(madeFile('grey.png'));
  const folder = await folderWith({ 'a/1.png': grey, 'stray.png': grey });
  expect(await refused(folder)).toMatch(/^DATA_FILE_INVALID: .*stray\.png in no folder/);
});

test.each([
  ['0\n1\n-1\n', {}, /label -1 in row 2, counted from 0: whole numbers from 0 were expected/],
  ['0\n0.5\n', {}, /label 0\.5 in row 1/],
  ['0\n1\n3\n', { classes: 3 }, /label 3 in row 2, counted from 0: whole numbers from 0 to 2 were expected/],
  ['3000000000\n', {}, /label 3000000000 in row 0/],
  ['1,0\n0,1\n1,1\n', {}, /no one-hot row as row 2/],
  ['1,0\n0,0\n', {}, /no one-hot row as row 1/],
  ['1,0\n0,0.5\n', {}, /no one-hot row as row 1/],
  ['1,0\n0,1\n', { classes: 3 }, /one-hot rows of 2 classes: 3 were expected/],
])('%j with %j is refused', async (content, options, words) => {
  expect(await refused(await fileWith('y.csv', content), options)).toMatch(words);
});

test('what is neither indices nor one-hot rows is refused', async () => {
  expect(await refused(madeFile('version-1.npy'))).toMatch(
    /samples of \[3, 2\]: labels are one number a sample/,
  );
  expect(await refused(madeFile('labels.npy'), { labelColumn: 'kind' })).toMatch(
    /^ARGUMENT_INVALID: labelColumn was given, which is about a table/,
  );
  expect(await refused(madeFile('nothing.npy'))).toMatch(/^DATA_FILE_MISSING/);
  expect(await refused(madeFile('labels.npy'), { classes: 0 })).toMatch(/^ARGUMENT_INVALID: classes is 0/);
  expect(await refused(madeFile('labels.npy'), { task: 'guess' as 'classification' })).toMatch(
    /^ARGUMENT_INVALID/,
  );
});
