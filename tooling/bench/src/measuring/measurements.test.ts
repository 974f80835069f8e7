import { expect, test } from 'vitest';
import { interleave, spreadOf } from './measurements.js';

test('the median of an odd number is the middle one, whatever the order', () => {
  expect(spreadOf([5, 1, 30, 2, 4])).toEqual({ median: 4, lowest: 1, highest: 30, count: 5 });
});

test('the median of an even number is the mean of the middle two', () => {
  expect(spreadOf([10, 1, 2, 4]).median).toBe(3);
});

test('numbers are sorted as numbers, and the input is not changed', () => {
  const measurements = [9, 10, 100];
  expect(spreadOf(measurements).highest).toBe(100);
  expect(spreadOf([100, 9, 10]).median).toBe(10);
  expect(measurements).toEqual([9, 10, 100]);
});

test('no measurement has no spread', () => {
  expect(() => spreadOf([])).toThrow('at least one');
});

test('contenders take turns, and the first round counts for nothing', async () => {
  const turns: string[] = [];
  const contender = (name: string) => async () => {
    turns.push(name);
    return `${name}${turns.filter((turn) => turn === name).length}`;
  };
  const outcomes = await interleave([contender('a'), contender('b')], { repeats: 2, rest: 0 });
  expect(turns.join('')).toBe('ababab');
  expect(outcomes).toEqual([
    ['a2', 'a3'],
    ['b2', 'b3'],
  ]);
});

test('nor do rounds that begin while engines warm up', async () => {
  let round = 0;
  const contender = async () => {
    round++;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return round;
  };
  const [counted = []] = await interleave([contender], { repeats: 2, rest: 0, warmMs: 50 });
  expect(counted).toEqual([round - 1, round]);
  expect(round).toBeGreaterThan(3);
});
