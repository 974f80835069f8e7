import { expect, test } from 'vitest';
import { choiceOf, countOf, readFlags } from './flags.js';

test('known flags are read, others and bare words refused', () => {
  expect(readFlags(['--rows', '1'], ['rows', 'repeats'])).toEqual({ rows: '1' });
  expect(() => readFlags(['--rows'], ['rows'])).toThrow();
  expect(() => readFlags(['--columns', '1'], ['rows'])).toThrow('columns');
  expect(() => readFlags(['1'], ['rows'])).toThrow();
});

test.each(['0', '-1', '1.5', 'x', ''])('%j is no count', (value) => {
  expect(() => countOf('repeats', value, 5)).toThrow(`--repeats is ${value}`);
});

test('a count that did not come is the default', () => {
  expect(countOf('repeats', undefined, 5)).toBe(5);
  expect(countOf('repeats', '7', 5)).toBe(7);
});

test('choices come in their own order, once each, and all without a list', () => {
  expect(choiceOf('rows', '3,1,3', ['1', '2', '3'])).toEqual(['1', '3']);
  expect(choiceOf('rows', undefined, ['1', '2'])).toEqual(['1', '2']);
  expect(() => choiceOf('rows', '1,4', ['1', '2'])).toThrow('"4": some of 1,2');
});
