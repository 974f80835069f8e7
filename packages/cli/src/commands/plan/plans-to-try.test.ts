import type { Plan } from '@fuseinit/planner';
import { expect, test } from 'vitest';
import { plansToTry } from './plans-to-try.js';

const costs = { latency: 0, parameters: 0, multiplyAdds: 0, depth: 0 };
const front = Array.from({ length: 6 }, (_, index): Plan => ({ spans: [], costs, outputRelativeMse: index }));

test.each([
  [3, 1, [3]],
  [3, 2, [2, 3]],
  [3, 4, [1, 2, 3, 4]],
  [0, 3, [0, 1, 2]],
  [5, 3, [3, 4, 5]],
  [2, 99, [0, 1, 2, 3, 4, 5]],
])('around plan %i, %i of them: the cheaper neighbour first', (around, most, tried) => {
  expect(plansToTry(front, front[around]!, most)).toEqual(tried.map((index) => front[index]));
});
