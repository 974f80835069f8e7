import { expect, test } from 'vitest';
import { amount, bytes, error, number, seconds, shape, share, signed } from './format.js';

test('numbers as a reader wants them', () => {
  expect([0, 0.00001234, 0.0734, 0.5, 1.234, 12.34].map(error)).toEqual([
    '0',
    '1.2e−5',
    '0.073',
    '0.500',
    '1.23',
    '12.3',
  ]);
  expect([0.906, 1].map(share)).toEqual(['90.6 %', '100.0 %']);
  expect([-1.26, 0.04, 0, -0.04].map((value) => signed(value, 1))).toEqual(['−1.3', '0.0', '0.0', '0.0']);
  expect([12, 32442, 4_644_416, 2.5e9].map(amount)).toEqual(['12', '32,442', '4.64 M', '2.50 G']);
  expect([12, 129_768, 2_500_000].map(bytes)).toEqual(['12 B', '130 kB', '2.50 MB']);
  expect([1.5, 0.00087, 0.0123].map(seconds)).toEqual(['1.50 s', '870 µs', '12.3 ms']);
  expect([0.123456, -2, 12345].map(number)).toEqual(['0.1235', '−2', '12350']);
  expect([shape([28, null, 1]), shape([])]).toEqual(['28×any×1', 'scalar']);
});
