import { expect, it } from 'vitest';
import { orderColumns } from './columns.js';

/** Columns with no mean. */
const around0 = (filled: readonly number[]) => ({
  filled: Float64Array.from(filled),
  mean: new Float64Array(filled.length),
  variance: new Float64Array(filled.length).fill(1),
});

it('puts columns with the most zeros last, and lists the fours that have enough of them', () => {
  const filled = [0.2, 1, 0.9, 0, 0.5, 0.3, 1, 0.95, 0.7, 0.1];
  const { order, panelIndices, firstListed } = orderColumns(around0(filled), 4);
  expect([...order]).toEqual([1, 6, 7, 2, 8, 4, 5, 0, 9, 3, -1, -1, -1, -1, -1, -1]);
  for (const [column, place] of panelIndices.entries()) expect(order[place]).toBe(column);
  expect(firstListed).toBe(1);
});

it('leaves columns without zeros in their order, and counts padding as zeros', () => {
  const { order, firstListed } = orderColumns(around0([1, 1, 1]), 4);
  expect([...order]).toEqual([0, 1, 2, -1, -1, -1, -1, -1]);
  // A quarter of the first four is padding.
  expect(firstListed).toBe(0);
  expect(orderColumns(around0(Array(9).fill(1)), 4).firstListed).toBe(2);
});

it('does not list a column whose mean is large, whatever stands beside it', () => {
  const beside = (mean: number, others: readonly number[]) =>
    orderColumns(
      {
        filled: Float64Array.from([1, ...others]),
        mean: Float64Array.from([mean, ...others.map(() => 0)]),
        variance: new Float64Array(1 + others.length).fill(1),
      },
      4,
    ).firstListed;
  // With padding, with columns of zeros, with columns that have zeros enough.
  for (const others of [[], [0, 0, 0], [0.5, 0.5, 0.5]]) {
    expect(beside(1, others)).toBe(0);
    expect(beside(3, others)).toBe(1);
  }
  // Those after it still are.
  expect(beside(3, Array(7).fill(0.5))).toBe(1);
});
