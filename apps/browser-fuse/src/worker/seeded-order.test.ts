import { expect, test } from 'vitest';
import { seededOrder } from './seeded-order.js';

test('an order holds every number once, is that of its seed, and differs between seeds', () => {
  const order = seededOrder(500, 1);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, index) => index));
  expect(seededOrder(500, 1)).toEqual(order);
  expect(seededOrder(500, 2)).not.toEqual(order);
});
