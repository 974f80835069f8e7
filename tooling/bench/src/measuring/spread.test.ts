import { expect, test } from 'vitest';
import { spreadOf } from './spread.js';

test('the median of an odd number is the middle one, whatever the order', () => {
  expect(spreadOf([5, 1, 30, 2, 4])).toEqual({ median: 4, lowest: 1, highest: 30, count: 5 });
});

test('the median of an even number is the mean of the middle two', () => {
  expect(spreadOf([10, 1, 2, 4]).median).toBe(3);
});

test('numbers are sorted as numbers, and what came stays as it was', () => {
  const measurements = [9, 10, 100];
  expect(spreadOf(measurements).highest).toBe(100);
  expect(spreadOf([100, 9, 10]).median).toBe(10);
  expect(measurements).toEqual([9, 10, 100]);
});

test('no measurement has no spread', () => {
  expect(() => spreadOf([])).toThrow('at least one');
});
