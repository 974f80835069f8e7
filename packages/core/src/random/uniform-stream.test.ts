import { expect, test } from 'vitest';
import { shuffledIndices, uniformStream } from './uniform-stream.js';

test('a permutation that the seed alone decides', () => {
  const order = shuffledIndices(100, uniformStream(3));
  expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index));
  expect(shuffledIndices(100, uniformStream(3))).toEqual(order);
  expect(shuffledIndices(100, uniformStream(4))).not.toEqual(order);
});

test('every order of three comes up as often', () => {
  const uniform = uniformStream(1);
  const counts = new Map<string, number>();
  for (let draw = 0; draw < 6000; draw++) {
    const order = shuffledIndices(3, uniform).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  // Five standard deviations of a binomial count of 6,000 draws at 1/6 are 144.
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(144);
});

test('nothing and one', () => {
  expect(shuffledIndices(0, uniformStream(1))).toEqual(new Uint32Array(0));
  expect(shuffledIndices(1, uniformStream(1))).toEqual(new Uint32Array(1));
});
