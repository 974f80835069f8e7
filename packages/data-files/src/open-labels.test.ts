import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileWith, folderWith } from '@fuseinit/test-inputs/folders';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { expect, test } from 'vitest';
import type { LabelOptions } from './labels/label-options.js';
import { labelForm, matchLabels, openLabels } from './open-labels.js';
import { madeFile } from './testing-support/files.test-support.js';
import { openForTest } from './testing-support/read-all.test-support.js';
import { npyHead } from './testing-support/zip64.test-support.js';

type ClassOptions = LabelOptions & { readonly task?: 'classification' };

const table = 'a,kind,price\n1,2,0.5\n2,0,1.25\n3,1,-3\n';

async function refused(path: string, options: LabelOptions = {}): Promise<string> {
  const { code, message } = await refusalOf(() => matchLabels(path, options));
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
  const path = fileWith('x.csv', table);
  expect(await openLabels(path, { labelColumn: 'kind', classes: 3 })).toEqual(Int32Array.of(2, 0, 1));
  expect(await openLabels(path, { labelColumn: 2, task: 'regression' })).toEqual(
    Float32Array.of(0.5, 1.25, -3),
  );
  expect(await openLabels(fileWith('y.csv', '2\n0\n'))).toEqual(Int32Array.of(2, 0));
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
  const folder = folderWith(Object.fromEntries(names.map((name) => [name, grey])));
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
  const folder = folderWith({ 'a/1.png': grey, 'a/2.png': 'broken', 'b/3.png': grey });
  expect(await openLabels(folder, { skipUnreadable: true })).toEqual(Int32Array.of(0, 1));
  expect(await refused(folder)).toMatch(/^DATA_FILE_INVALID: .*2\.png/);
});

/** A folder of grey images with these paths, and the paths as `openData` gives them. */
async function imagesWith(names: readonly string[]) {
  const grey = await readFile(madeFile('grey.png'));
  const folder = folderWith(Object.fromEntries(names.map((name) => [name, grey])));
  const { sampleNames } = await openForTest(folder);
  return { folder, sampleNames };
}

test.each([
  ['file,label\n10.png,1\n2.png,0\n1.png,2\n', {}],
  ['1.png,2\n2.png,0\n10.png,1\n', {}],
  ['label;file\n2;train/1.png\n0;train/2.png\n1;train/10.png\n', {}],
  ['id,kind\n1,c\n2,a\n10,b\n', { classNames: ['a', 'b', 'c'] }],
  [
    ',name,kind,size\n0,./1.png,c,5\n1,2.png,a,5\n2,10.png,b,5\n3,11.png,b,5\n',
    { classNames: ['a', 'b', 'c'], labelColumn: 'kind' },
  ],
])('labels of %j are matched by the names of images', async (content, options) => {
  const { sampleNames } = await imagesWith(['1.png', '2.png', '10.png']);
  expect(sampleNames).toEqual(['1.png', '10.png', '2.png']);
  const { values, description } = await matchLabels(fileWith('y.csv', content), {
    ...options,
    sampleNames,
  });
  expect(values).toEqual(Int32Array.of(2, 1, 0));
  expect(description).toMatch(/^y\.csv: 3 labels, matched by file name \(column /);
});

test('numbers as names need no leading zeros, which programs that read numbers leave out', async () => {
  const { sampleNames } = await imagesWith(['001.png', '002.png', '010.png']);
  const { values } = await matchLabels(fileWith('y.csv', 'id,kind\n10,1\n1,2\n2,0\n'), { sampleNames });
  expect(values).toEqual(Int32Array.of(2, 0, 1));
});

test('a table that may name the images in two columns is refused without the name of one', async () => {
  const { sampleNames } = await imagesWith(['0.png', '1.png', '2.png']);
  const path = fileWith('y.csv', 'kind,id\n2,0\n0,1\n1,2\n');
  expect(await refused(path, { sampleNames })).toMatch(
    /^DATA_FILE_INVALID: .* in column 0 or in column 1, counted from 0: .* as "fileColumn"\.$/,
  );
  const { values } = await matchLabels(path, { sampleNames, fileColumn: 'id' });
  expect(values).toEqual(Int32Array.of(2, 0, 1));
  const twice = fileWith('z.csv', 'stem,file,kind\n0,0.png,2\n1,1.png,0\n2,2.png,1\n');
  const named = await matchLabels(twice, { sampleNames, labelColumn: 'kind' });
  expect(named.values).toEqual(Int32Array.of(2, 0, 1));
});

test('a table has a column of 0 and 1 for each label, beside the names of images or the data', async () => {
  const { sampleNames } = await imagesWith(['1.png', '2.png', '10.png']);
  const path = fileWith('y.csv', 'file,cat,dog\n1.png,0,1\n2.png,1,1\n10.png,0,0\n');
  const options = { sampleNames, outputs: 2, task: 'multiLabel' } as const;
  const { values, description } = await matchLabels(path, options);
  expect(values).toEqual(Float32Array.of(0, 1, 0, 0, 1, 1));
  expect(description).toBe('y.csv: 3 labels in 2 columns, matched by file name (column file)');
  expect(await labelForm(path, options)).toMatchObject({ numbers: 2, areBinary: true, areOneHot: false });
  const odd = fileWith('z.csv', 'file,cat,dog\n1.png,0,1\n2.png,1,2\n10.png,0,0\n');
  expect(await refused(odd, options)).toMatch(/the label 2 in line 3: 0 or 1 was expected/);
  const hot = fileWith('hot.csv', 'file,cat,dog\n1.png,0,1\n2.png,1,0\n10.png,0,1\n');
  expect((await matchLabels(hot, { sampleNames, classes: 2 })).values).toEqual(Int32Array.of(1, 1, 0));
  const table = fileWith('data.csv', 'a,x,b\n0,5.5,1\n1,6.5,1\n');
  const columns = { labelColumn: ['a', 'b'], outputs: 2, task: 'multiLabel' } as const;
  expect(await openLabels(table, columns)).toEqual(Float32Array.of(0, 1, 1, 1));
  expect((await openForTest(table, { labelColumn: ['a', 'b'] })).sampleShape).toEqual([1]);
});

test('names that tell no images apart, and images without a label, are refused', async () => {
  const { sampleNames } = await imagesWith(['a/1.png', 'b/1.png', 'b/2.png']);
  const labels = async (content: string) => refused(fileWith('y.csv', content), { sampleNames });
  expect(await labels('1.png,1\n2.png,0\n')).toMatch(
    /no label, or more than one, for 3 of 3 images: a\/1\.png/,
  );
  expect(await labels('a/1.png,1\nb/1.png,0\n')).toMatch(/for 1 of 3 images: b\/2\.png/);
  expect(await labels('a/1.png,1\na/1.png,0\nb/1.png,0\nb/2.png,0\n')).toMatch(
    /for 1 of 3 images: a\/1\.png/,
  );
  expect(await labels('a/1.png,1,2\nb/1.png,0,1\nb/2.png,0,1\n')).toMatch(
    /2 columns beside .* as "labelColumn"/,
  );
  expect(await labels('a/1.png,cat\nb/1.png,dog\nb/2.png,cat\n')).toMatch(
    /label "cat" in line 1.* as "classNames"/,
  );
});

test('labels by position of images need one order', async () => {
  const { sampleNames } = await imagesWith(['1.png', '2.png', '10.png']);
  const path = fileWith('y.csv', '2\n0\n1\n');
  expect(await refused(path, { sampleNames })).toMatch(
    /^DATA_FILE_INVALID: .* by path, 10\.png before 2\.png, .*"order".*: path or numeric\.$/,
  );
  const given = await matchLabels(path, { sampleNames, order: 'path' });
  expect(given.description).toBe('y.csv: 3 labels, matched by position with the images by path');
  const padded = await imagesWith(['01.png', '02.png', '10.png']);
  expect((await matchLabels(path, padded)).description).toMatch(/by position with the images by path$/);
});

test('the folders of another folder label images by their names', async () => {
  const { sampleNames } = await imagesWith(['1.png', '2.png', '3.png']);
  const classes = await imagesWith(['dog/2.png', 'cat/3.png', 'dog/1.png']);
  const { values, description } = await matchLabels(classes.folder, { sampleNames });
  expect(values).toEqual(Int32Array.of(1, 1, 0));
  expect(description).toContain('3 labels of 2 classes by folder (0 cat, 1 dog)');
  const other = await imagesWith(['cat/7.png']);
  expect(await refused(other.folder, { sampleNames })).toMatch(/for 3 of 3 images/);
});

test('classes are numbered by the names given', async () => {
  const { folder } = await imagesWith(['dog/2.png', 'cat/3.png']);
  expect(await openLabels(folder, { classNames: ['dog', 'fox', 'cat'] })).toEqual(Int32Array.of(2, 0));
  expect(await refused(folder, { classNames: ['dog', 'fox'] })).toMatch(
    /folder cat, which is none of the 2 names/,
  );
  const words = fileWith('y.csv', 'cat\ndog\ncat\n');
  expect(await openLabels(words, { classNames: ['dog', 'cat'] })).toEqual(Int32Array.of(1, 0, 1));
  expect(await refused(fileWith('z.csv', 'kind\ncat\n'))).toMatch(/"cat" in line 2.* as "classNames"/);
});

test('how many samples there are tells whether the first line of whole numbers is a label', async () => {
  const path = fileWith('y.csv', '0\n2\n1\n');
  expect(await openLabels(path, { count: 2 })).toEqual(Int32Array.of(2, 1));
  expect(await openLabels(path, { count: 3 })).toEqual(Int32Array.of(0, 2, 1));
  expect(await openLabels(path)).toEqual(Int32Array.of(0, 2, 1));
  const hot = fileWith('hot.csv', '0,1\n1,0\n');
  expect(await openLabels(hot, { count: 2 })).toEqual(Int32Array.of(1, 0));
});

test('several numbers a sample are read, and what is not finite is refused', async () => {
  const path = fileWith('y.csv', 'a,b\n1,2\n3,4.5\n');
  expect(await openLabels(path, { task: 'regression', outputs: 2 })).toEqual(Float32Array.of(1, 2, 3, 4.5));
  const values = Float32Array.of(1, Number.NaN, 3);
  const npy = fileWith('y.npy', Buffer.concat([npyHead([3], '<f4'), Buffer.from(values.buffer)]));
  const { code, message } = await refusalOf(() => openLabels(npy, { task: 'regression' }));
  expect([code, message]).toEqual([
    'DATA_FILE_INVALID',
    expect.stringMatching(/label NaN in row 1, counted from 0: a finite number was expected/),
  ]);
  expect(await refused(npy)).toMatch(/label NaN in row 1/);
});

test('an image beside the folders of classes is refused', async () => {
  const grey = await readFile(madeFile('grey.png'));
  const folder = folderWith({ 'a/1.png': grey, 'stray.png': grey });
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
  ['1,0\n0,1\n', { classes: 3 }, /rows of 2 numbers: a class, or one-hot rows of 3, were expected/],
])('%j with %j is refused', async (content, options, words) => {
  expect(await refused(fileWith('y.csv', content), options)).toMatch(words);
});

test('what is neither indices nor one-hot rows is refused', async () => {
  expect(await refused(madeFile('version-1.npy'))).toMatch(
    /samples of \[3, 2\]: labels are one number a sample/,
  );
  expect(await refused(madeFile('labels.npy'), { labelColumn: 'kind' })).toMatch(
    /^ARGUMENT_INVALID: "labelColumn" was given, which is about a table/,
  );
  expect(await refused(madeFile('nothing.npy'))).toMatch(/^DATA_FILE_MISSING/);
  expect(await refused(madeFile('labels.npy'), { classes: 0 })).toMatch(/^ARGUMENT_INVALID: classes is 0/);
  expect(await refused(madeFile('labels.npy'), { task: 'guess' as 'classification' })).toMatch(
    /^ARGUMENT_INVALID/,
  );
});
