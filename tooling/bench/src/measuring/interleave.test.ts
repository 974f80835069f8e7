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
