import { expect, test } from 'vitest';
import { refusal } from '../testing-support/refusal.test-support.js';
import { readNumberLines } from './number-lines.js';

const read = (text: string, perLine: number) => readNumberLines('some.txt', Buffer.from(text), perLine);

test('numbers are read line by line, whatever blanks and line ends are between them', () => {
  expect([...read('  1e-3  -2\r\n3.5\t4 \r\n', 2)]).toEqual([0.001, -2, 3.5, 4]);
});

test('another count in a line, an empty line, an empty file and words are refused with the line', () => {
  for (const [text, words] of [
    ['1 2\n3\n', 'holds 1 numbers in line 2: 2 were expected'],
    ['1 2\n\n3 4\n', 'holds 0 numbers in line 2'],
    ['', 'holds 0 numbers in line 1'],
    ['1 2\n3 four\n', 'holds "four" in line 2'],
    ['1 NaN\n', 'holds "NaN" in line 1'],
  ] as const) {
    const message = refusal(() => read(text, 2));
    expect(message).toMatch(/^DATA_FILE_INVALID/);
    expect(message).toContain(words);
  }
});

test('an empty line is no 0 where a line has one number', () => {
  expect(refusal(() => read('1\n\n2\n', 1))).toContain('line 2');
});
