import { expect, test } from 'vitest';
import { interleave } from './interleave.js';

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
