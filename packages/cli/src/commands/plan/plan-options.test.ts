import { expect, test } from 'vitest';
import { amount } from './plan-options.js';

test('a figure in its unit, or a share of the teacher', () => {
  expect(amount(1e-3)('0.5')).toEqual({ value: 0.0005, isShare: false });
  expect(amount(1)('20000')).toEqual({ value: 20000, isShare: false });
  expect(amount(1e-3)('50%')).toEqual({ value: 0.5, isShare: true });
  expect(amount(1)('12.5 %')).toEqual({ value: 0.125, isShare: true });
});

test.each(['', '0', '-1', '0%', 'half', '5 ms', '1e3', 'NaN'])('%j is none', (text) => {
  expect(() => amount(1)(text)).toThrow(/such as 50%/);
});
