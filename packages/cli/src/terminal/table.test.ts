import { expect, test } from 'vitest';
import { count, error, large, milliseconds } from './figures.js';
import { clipped, printable, printableLine } from './printable.js';
import { table } from './table.js';

test('numbers stand to the right, and a long name is cut so that the table fits a terminal', () => {
  const columns = [
    { head: 'layer', isFlexible: true },
    { head: 'parameters', align: 'right' },
  ] as const;
  const name = `${'long'.repeat(30)}END`;
  const rows = [
    [name, '1,234'],
    ['b', '5'],
  ];
  const lines = table(columns, rows, 80).split('\n');
  expect(lines[0]).toMatch(/^layer +parameters$/);
  expect(lines[1]).toMatch(/^longlong.*….*longEND +1,234$/);
  expect(lines.map(({ length }) => length)).toEqual([80, 80, 80]);
  // In a file, names are whole.
  expect(table(columns, rows, Number.POSITIVE_INFINITY)).toContain(name);
});

test('what would steer a terminal is written out', () => {
  expect(printable('\u001b[31mred\u0007\u202e')).toBe('\\u{1b}[31mred\\u{7}\\u{202e}');
  expect(printableLine('two\n  lines\t')).toBe('two lines');
  expect(clipped('abcdefgh', 5)).toBe('ab…gh');
});

test('figures in units that suit them', () => {
  expect([0.0005, 0.0123, 0.5, 2].map(milliseconds)).toEqual(['0.50 ms', '12.3 ms', '500 ms', '2,000 ms']);
  expect([15_680, 4_644_416, 2.5e9].map(large)).toEqual(['15,680', '4.64 M', '2.50 G']);
  expect([0, 0.0731, 3e-5, null].map(error)).toEqual(['0.000', '0.073', '3e-5', '-']);
  expect(count(32_442)).toBe('32,442');
});
