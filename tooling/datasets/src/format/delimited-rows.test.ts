import { expect, test } from 'vitest';
import { refusal } from '../testing-support/refusal.test-support.js';
import { readDelimitedRows } from './delimited-rows.js';
import { categoryIn, numberIn, oneHotIn } from './number-columns.js';

const read = (text: string, separator: ',' | '\t' = ',') =>
  readDelimitedRows('some.csv', Buffer.from(text), separator, ['a', 'b']);

test('columns are found by name, wherever they stand', () => {
  expect(read('b,c,a\n2,3,1\n').map(({ a, b }) => [a, b])).toEqual([['1', '2']]);
  expect(read('a\tb\n1\t2,5\n', '\t')[0]).toEqual({ a: '1', b: '2,5' });
});

test('a missing column is refused with the header that came', () => {
  expect(refusal(() => read('a;b\n1;2\n'))).toMatch(
    /^DATA_FILE_INVALID: .*has no column a, b: its header is "a;b"/,
  );
  expect(refusal(() => read(''))).toContain('has no column a, b: its header is ""');
});

test('a table without rows is refused', () => {
  expect(refusal(() => read('a,b\n'))).toMatch(/^DATA_FILE_INVALID: .*a header and no rows/);
});

test('a number is one: no blank, no word, and not absent', () => {
  const rows = read('a,b\n -1.5 , \nx,1\n1\n');
  expect(numberIn('t', rows[0]!, 0, 'a')).toBe(-1.5);
  expect(refusal(() => numberIn('t', rows[0]!, 0, 'b'))).toContain('has " " as b in row 1: a number');
  expect(refusal(() => numberIn('t', rows[1]!, 1, 'a'))).toContain('has "x" as a in row 2: a number');
  expect(refusal(() => numberIn('t', rows[2]!, 2, 'b'))).toContain('has "" as b in row 3: a number');
});

test('a category is one of those that are known', () => {
  const [row] = read('a,b\nM,1\n');
  expect(categoryIn('t', row!, 0, 'a', ['F', 'I', 'M'])).toBe(2);
  expect(oneHotIn('t', row!, 0, 'a', ['F', 'M', 'I'])).toEqual([0, 1, 0]);
  expect(refusal(() => oneHotIn('t', row!, 0, 'a', ['F', 'I']))).toContain(
    'has "M" as a in row 1: one of F, I',
  );
});
