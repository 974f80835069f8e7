import { expect, it } from 'vitest';
import { orderColumns } from './column-order.js';

it('puts columns with the most zeros last, and lists the fours that have enough of them', () => {
  const filled = [0.2, 1, 0.9, 0, 0.5, 0.3, 1, 0.95, 0.7, 0.1];
  const { order, places, firstListed } = orderColumns(filled, 4);
  expect([...order]).toEqual([1, 6, 7, 2, 8, 4, 5, 0, 9, 3, -1, -1, -1, -1, -1, -1]);
  for (const [column, place] of places.entries()) expect(order[place]).toBe(column);
  expect(firstListed).toBe(1);
});

it('leaves columns without zeros in their order, and counts padding as zeros', () => {
  const { order, firstListed } = orderColumns([1, 1, 1], 4);
  expect([...order]).toEqual([0, 1, 2, -1, -1, -1, -1, -1]);
  // A quarter of the first four is padding.
  expect(firstListed).toBe(0);
  expect(orderColumns(Array(9).fill(1), 4).firstListed).toBe(2);
});
