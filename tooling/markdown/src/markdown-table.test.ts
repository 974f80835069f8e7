import { expect, test } from 'vitest';
import { markdownTable, plainText } from './markdown-table.js';

test('columns line up', () => {
  expect(markdownTable(['a', 'long head'], [['longer', 'b']])).toBe(
    '| a      | long head |\n| ------ | --------- |\n| longer | b         |',
  );
});

test('columns of numbers are flushed right', () => {
  expect(markdownTable(['a', 'count'], [['b', '7']], 1)).toBe(
    '| a   | count |\n| --- | ----: |\n| b   |     7 |',
  );
});

test('text stays text, on its line', () => {
  expect(plainText('a|b <i> *c* [d](e)\nf & `g` h_i')).toBe(
    'a\\|b &lt;i> \\*c\\* \\[d\\](e) f &amp; \\`g\\` h\\_i',
  );
});
