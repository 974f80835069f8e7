import { fileWith } from '@fuseinit/test-inputs/folders';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { expect, test } from 'vitest';
import { type DataOptions, openData } from '../open-data.js';
import { openForTest, readAll, valuesOf } from '../testing-support/read-all.test-support.js';

const named = 'width,height,kind\n1,2,0\n3.5,-4e2,1\n5,6,2\n';

async function refused(content: string, options?: DataOptions, name = 'x.csv') {
  const path = fileWith(name, content);
  const { code, message } = await refusalOf(() => openData(path, options));
  expect(message).toContain(path);
  return `${code}: ${message}`;
}

test('a first line without numbers names the columns', async () => {
  const data = await openForTest(fileWith('x.csv', named));
  expect(data.description).toBe('x.csv: 3 samples of [3], columns width, height, kind, separated by commas');
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
  const data = await openForTest(fileWith('x.csv', '1,2\n3,4\n'), { sampleShape: [2, 1] });
  expect(data.description).toBe('x.csv: 2 samples of [2, 1], columns without names, separated by commas');
  expect(await readAll(data, 2)).toEqual({ values: [1, 2, 3, 4], shapes: [[2, 2, 1]] });
  expect(await valuesOf(fileWith('x.csv', '0,1\n3,4\n'), { header: true })).toEqual([3, 4]);
});

test('a separator that no table has is refused', async () => {
  const odd = { separator: '|' } as unknown as DataOptions;
  const { code, message } = await refusalOf(() => openData(fileWith('x.csv', 'a|b\n1|2\n'), odd));
  expect([code, message]).toEqual(['ARGUMENT_INVALID', expect.stringContaining('"separator" is "|"')]);
});

test('columns are chosen by name and position, in the order asked for; labels are left out', async () => {
  const path = fileWith('x.csv', named);
  expect(await valuesOf(path, { columns: ['height', 0] })).toEqual([2, 1, -400, 3.5, 6, 5]);
  expect(await valuesOf(path, { labelColumn: 'kind' })).toEqual([1, 2, 3.5, -400, 5, 6]);
  const data = await openForTest(path, { labelColumn: 1 });
  expect(data.description).toContain('columns width, kind');
});

test('text in a column that is not asked for does not matter', async () => {
  const path = fileWith('x.csv', 'a,name\n1,"Smith, Ann"\n2,"O ""x"""\n');
  expect(await valuesOf(path, { columns: ['a'] })).toEqual([1, 2]);
});

test('many columns are counted in the description', async () => {
  const header = Array.from({ length: 9 }, (_, index) => `c${index}`).join(',');
  const data = await openForTest(fileWith('x.csv', `${header}\n1,2,3,4,5,6,7,8,9\n`));
  expect(data.description).toBe('x.csv: 1 samples of [9], 9 columns by its header, separated by commas');
});

test.each([
  ['x.csv', '\ufeffa,b\r\n1, 2\r\n\r\n3,4', undefined],
  ['x.tsv', 'a\tb\n1\t2\n3\t4\n', undefined],
  ['x.txt', 'a;b\n1;2\n3;4\n', { separator: ';' }],
] as const)('%s of other makes is read', async (name, content, options) => {
  expect(await valuesOf(fileWith(name, content), options)).toEqual([1, 2, 3, 4]);
});

test('text, and nothing, in a column of numbers is refused with line and column', async () => {
  expect(await refused('a,b\n1,2\n\n3,four\n')).toMatch(
    /^DATA_FILE_INVALID: .* has "four" in line 4, column "b": a number was expected/,
  );
  expect(await refused('1,2\n3,\n')).toMatch(/has "" in line 2, column 1, counted from 0/);
  expect(await refused('a,b\n1,2\n', { header: false })).toMatch(/has "a" in line 1, column 0/);
});

test.each([
  ['numbers at even distances in each line', '1,2,3\n4,6,8\n', [1, 2, 3, 4, 6, 8]],
  ['two numbers, which are always so', '7,5\n8,1\n', [7, 5, 8, 1]],
])('%s are samples', async (_title, content, expected) => {
  expect(await valuesOf(fileWith('x.csv', content))).toEqual(expected);
});

const utf16 = (text: string, order: 'be' | 'le') => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return order === 'be' ? bytes.swap16() : bytes;
};

test.each([
  ['UTF-16 of Excel', utf16('a\tb\r\n1,5\t2\r\n3\t4\r\n', 'le'), { decimal: ',' }],
  ['UTF-16, big end first', utf16('a;b\n1,5;2\n3;4\n', 'be'), { decimal: ',' }],
  ['UTF-16 with blanks', utf16('1.5 2\r\n3 4\r\n', 'le'), {}],
  ['the separator that Excel names', 'sep=;\r\na;b\r\n1,5;2\r\n3;4\r\n', { decimal: ',' }],
  ['the separator that Excel names, without names', 'sep=,\n1.5,2\n3,4\n', {}],
  ['comments above names', '# made by x, y and z\n# a,b\n1.5,2\n3,4\n', {}],
  ['a comment above names and blanks', '# made by x\n# a b\n1.5 2\n3 4\n', {}],
  ['a comment alone', '# made by x\n1.5,2\n3,4\n', {}],
  ['comments and no names', '# made by x\n# on a day in May\n1.5 2\n3 4\n', {}],
] as const)('%s is read', async (_title, content, options) => {
  const path = fileWith('x.csv', content as string);
  expect(await valuesOf(path, options)).toEqual([1.5, 2, 3, 4]);
});

test('a line below comments is named by its place in the file', async () => {
  expect(await refused('# made by x\n# a,b\n1,2\n3,four\n')).toMatch(/"four" in line 4, column "b"/);
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

test.each([
  ['0,1,2', '0.5,1.5,2e-3\n3.5,4.25,5.0\n', [0.5, 1.5, Math.fround(0.002), 3.5, 4.25, 5]],
  ['label,0,1', '7,5,6\n8,9,9\n', [7, 5, 6, 8, 9, 9]],
  ['kind,1990,1991', '7,5,6\n8,9,9\n', [7, 5, 6, 8, 9, 9]],
  ['# a,b', '1,2\n3,4\n', [1, 2, 3, 4]],
])('the first line %j names columns', async (header, rows, expected) => {
  expect(await valuesOf(fileWith('x.csv', `${header}\n${rows}`))).toEqual(expected);
});

test.each([
  ['0,1,2\n3,4,5\n6,7,8\n', 'whole numbers below it may be samples like it'],
  ['400,410\n0.5,0.25\n0.75,0.5\n', 'wavelengths, or a sample without fractions'],
  ['a,1\nb,2\n', 'a column of text that nobody leaves out'],
  ['1990,1991,1992\n5,6,8\n7,8,3\n', 'years above whole numbers, or a sample'],
  ['400.0,402.5,405.0\n0.5,0.25,0.5\n0.75,0.5,0.5\n', 'wavelengths with fractions, or a sample'],
  [',1990,1991\n0,5,6\n1,7,8\n', 'names of years, or a number that is missing'],
])('whether the first line of %j names columns has to be said: %s', async (content) => {
  expect(await refused(content)).toMatch(
    /^DATA_FILE_INVALID: .* in its first line, which may be the columns' names or a row\. Say with "header"/,
  );
  const path = fileWith('x.csv', content);
  const [named, plain] = await Promise.all(
    [true, false].map((header) => openForTest(path, { header, columns: [1] })),
  );
  expect(plain!.count).toBe(named!.count + 1);
});

test.each([
  [',0,1\n0,5.5,6.5\n1,7.5,8.5\n', [5.5, 6.5, 7.5, 8.5]],
  [',a,b\n12,5,6\n3,7,8\n', [5, 6, 7, 8]],
  ['"","a","b"\n"1",5,6\n"2",7,8\n', [5, 6, 7, 8]],
  ['Unnamed: 0,a,b\n0,5,6\n1,7,8\n', [5, 6, 7, 8]],
])('the index without a name in %j is left out', async (content, expected) => {
  const data = await openForTest(fileWith('x.csv', content));
  expect(data.description).toContain(', without its index');
  expect((await readAll(data, 2)).values).toEqual(expected);
});

test('an index without a name is read where it is asked for', async () => {
  const path = fileWith('x.csv', ',a,b\n12,5,6\n3,7,8\n');
  expect(await valuesOf(path, { columns: [0, 'b'] })).toEqual([12, 6, 3, 8]);
});

test('a position that is the name of another column is refused', async () => {
  const content = ',0,1\n0,5.5,6.5\n1,7.5,8.5\n';
  expect(await refused(content, { columns: [1] })).toMatch(/at 2 another one whose name is 1/);
  expect(await valuesOf(fileWith('x.csv', content), { columns: ['1'] })).toEqual([6.5, 8.5]);
});

test.each([
  ['1.5 -2e0\n3 4\n', 'blanks'],
  ['# a b\n  1.5   -2\n  3 4\n', 'blanks'],
  ['a;b\r\n1.5;-2\r\n3;4\r\n', 'semicolons'],
  ['a\tb\n1.5\t-2\n3\t4', 'tabs'],
  ['"a, b";"c"\n1.5;-2\n3;4\n', 'semicolons'],
  ['petal length,petal width\n1.5,-2\n3,4\n', 'commas'],
])('in %j the separator is seen', async (content, words) => {
  const data = await openForTest(fileWith('x.csv', content));
  expect(data.description).toMatch(new RegExp(`, separated by ${words}$`));
  expect((await readAll(data, 2)).values).toEqual([1.5, -2, 3, 4]);
});

test('a decimal comma is read when it is said, and else refused with the option', async () => {
  for (const content of ['1,5;-2\n3;4,25\n', 'a\tb\n1,5\t-2\n3\t4,25\n', '"1,5","-2"\n"3","4,25"\n']) {
    expect(await refused(content)).toMatch(/^DATA_FILE_INVALID: .* Say with "decimal" if the comma is the/);
    const separator = content.includes('"') ? { separator: ',' as const } : {};
    const read = await valuesOf(fileWith('x.csv', content), { decimal: ',', ...separator });
    expect(read).toEqual([1.5, -2, 3, 4.25]);
  }
  expect(await valuesOf(fileWith('y.csv', '1,5\n2,25\n'), { decimal: ',' })).toEqual([1.5, 2.25]);
  expect(await refused('1.5;2\n3;4\n', { decimal: ',' })).toMatch(
    /"decimal" if the point is the decimal sign/,
  );
  const odd = fileWith('x.csv', '1;2\n');
  expect(await refusalOf(() => openData(odd, { decimal: ';' as ',' }))).toMatchObject({
    code: 'ARGUMENT_INVALID',
    message: expect.stringContaining('"decimal" is ";"'),
  });
});

test.each([
  ['0x10', /Write it as a decimal number/],
  ['0b1', /Write it as a decimal number/],
  ['"1,234"', /without signs between thousands/],
  ['"1,234.5"', /without signs between thousands/],
  ['1_000', /Replace it/],
  ['NaN', /It is missing/],
  ['', /It is missing/],
  ['N/A', /It is missing/],
  ['inf', /Replace it/],
  ['1e999', /Replace it/],
  ['5%', /Replace it/],
])('the cell %s is refused', async (cell, words) => {
  const message = await refused(`a,b\n1,2\n3,${cell}\n`);
  expect(message).toMatch(/in line 3, column "b": a number was expected/);
  expect(message).toMatch(words);
});

test.each([
  ['1,5;2\n3;4\n', {}],
  ['1.5;2\n3;4\n', { decimal: ',' }],
  ['nan nan\n3 4\n', { separator: ' ' }],
  ['0x10,0x20\n3,4\n', {}],
] as const)(
  'the first line of %j with %j is no header, whose loss nobody would see',
  async (content, options) => {
    expect(await refused(content, options)).toMatch(/ in line 1, column 0/);
  },
);

test('a column may have a name that elsewhere means a missing number', async () => {
  expect(await valuesOf(fileWith('x.csv', 'Na,K\n1,2\n'))).toEqual([1, 2]);
});

test('True and False are 1 and 0', async () => {
  expect(await valuesOf(fileWith('x.csv', 'a,b\nTrue,1\nFALSE,2\n'))).toEqual([1, 1, 0, 2]);
});

test('columns that are not there are refused with those that are', async () => {
  expect(await refused(named, { columns: ['depth'] })).toMatch(
    /^DATA_FILE_INVALID: .* no column "depth"\. Its columns are "width", "height", "kind"/,
  );
  expect(await refused(named, { columns: [3] })).toMatch(/no column 3: whole numbers from 0 to 2/);
  expect(await refused('1,2\n', { labelColumn: 'kind' })).toMatch(/no header to look for column "kind"/);
  expect(await refused('a,a\n1,2\n', { columns: ['a'] })).toMatch(/more than one column "a"/);
  expect(await refused('a\n1\n', { labelColumn: 'a' })).toMatch(/no column besides the labels/);
});
