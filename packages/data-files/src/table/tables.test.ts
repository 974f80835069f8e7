import { expect, test } from 'vitest';
import { refusalOf } from '../../../tfjs/src/testing-support/refusal.test-support.js';
import { type DataOptions, openData } from '../open-data.js';
import { fileWith } from '../testing-support/files.test-support.js';
import { openForTest, readAll, valuesOf } from '../testing-support/read-all.test-support.js';

const named = 'width,height,kind\n1,2,0\n3.5,-4e2,1\n5,6,2\n';

async function refused(content: string, options?: DataOptions, name = 'x.csv') {
  const path = await fileWith(name, content);
  const { code, message } = await refusalOf(() => openData(path, options));
  expect(message).toContain(path);
  return `${code}: ${message}`;
}

test('a first line without numbers names the columns', async () => {
  const data = await openForTest(await fileWith('x.csv', named));
  expect(data.description).toBe('x.csv: 3 samples of [3], columns width, height, kind');
  expect(await readAll(data, 2)).toEqual({
    values: [1, 2, 0, 3.5, -400, 1, 5, 6, 2],
    shapes: [
      [2, 3],
      [1, 3],
    ],
  });
  expect((await readAll(data, 1, { first: 1, end: 2 })).values).toEqual([3.5, -400, 1]);
  expect((await readAll(data, 1, { first: 3 })).values).toEqual([]);
});

test('a first line of numbers is a sample', async () => {
  const data = await openForTest(await fileWith('x.csv', '1,2\n3,4\n'), { sampleShape: [2, 1] });
  expect(data.description).toBe('x.csv: 2 samples of [2, 1], columns without names');
  expect(await readAll(data, 2)).toEqual({ values: [1, 2, 3, 4], shapes: [[2, 2, 1]] });
  expect(await valuesOf(await fileWith('x.csv', '0,1\n3,4\n'), { header: true })).toEqual([3, 4]);
});

test('columns are chosen by name and position, in the order asked for; labels are left out', async () => {
  const path = await fileWith('x.csv', named);
  expect(await valuesOf(path, { columns: ['height', 0] })).toEqual([2, 1, -400, 3.5, 6, 5]);
  expect(await valuesOf(path, { labelColumn: 'kind' })).toEqual([1, 2, 3.5, -400, 5, 6]);
  const data = await openForTest(path, { labelColumn: 1 });
  expect(data.description).toContain('columns width, kind');
});

test('text in a column that is not asked for does not matter', async () => {
  const path = await fileWith('x.csv', 'a,name\n1,"Smith, Ann"\n2,"O ""x"""\n');
  expect(await valuesOf(path, { columns: ['a'] })).toEqual([1, 2]);
});

test('many columns are counted in the description', async () => {
  const header = Array.from({ length: 9 }, (_, index) => `c${index}`).join(',');
  const data = await openForTest(await fileWith('x.csv', `${header}\n1,2,3,4,5,6,7,8,9\n`));
  expect(data.description).toBe('x.csv: 1 samples of [9], 9 columns by its header');
});

test.each([
  ['x.csv', '\ufeffa,b\r\n1, 2\r\n\r\n3,4', undefined],
  ['x.tsv', 'a\tb\n1\t2\n3\t4\n', undefined],
  ['x.txt', 'a;b\n1;2\n3;4\n', { separator: ';' }],
] as const)('%s of other makes is read', async (name, content, options) => {
  expect(await valuesOf(await fileWith(name, content), options)).toEqual([1, 2, 3, 4]);
});

test('text, and nothing, in a column of numbers is refused with line and column', async () => {
  expect(await refused('a,b\n1,2\n\n3,four\n')).toMatch(
    /^DATA_FILE_INVALID: .* has "four" in line 4, column "b": a number was expected/,
  );
  expect(await refused('1,2\n3,\n')).toMatch(/has "" in line 2, column 1, counted from 0/);
  expect(await refused('a,b\n1,2\n', { header: false })).toMatch(/has "a" in line 1, column 0/);
});

test('lines of different lengths and an open quote are refused with the line', async () => {
  expect(await refused('a,b\n1,2\n3\n')).toMatch(
    /^DATA_FILE_INVALID: .* has 1 cells in line 3: as many as in the first line/,
  );
  expect(await refused('a,b\n1,2,3\n')).toMatch(/has 3 cells in line 2/);
  expect(await refused('a,b\n1,"2\n')).toMatch(/can't be read as a table: Quote Not Closed.*line 2/);
});

test('a table without rows is refused', async () => {
  for (const content of ['a,b\n', '\n\n']) {
    expect(await refused(content)).toMatch(/^DATA_FILE_INVALID: .* holds no rows of numbers/);
  }
});

test('a first line of numbers and names has to be told what it is', async () => {
  const content = ',0,1\n0,5,6\n';
  expect(await refused(content)).toMatch(/^DATA_FILE_INVALID: .*first line.*Say as "header"/);
  expect(await valuesOf(await fileWith('x.csv', content), { header: true })).toEqual([0, 5, 6]);
});

test('columns that are not there are refused with those that are', async () => {
  expect(await refused(named, { columns: ['depth'] })).toMatch(
    /^DATA_FILE_INVALID: .* no column "depth": its columns are "width", "height", "kind"/,
  );
  expect(await refused(named, { columns: [3] })).toMatch(/no column 3: whole numbers from 0 to 2/);
  expect(await refused('1,2\n', { labelColumn: 'kind' })).toMatch(/no header to look for column "kind"/);
  expect(await refused('a,a\n1,2\n', { columns: ['a'] })).toMatch(/more than one column "a"/);
  expect(await refused('a\n1\n', { labelColumn: 'a' })).toMatch(/no column besides the labels/);
});
