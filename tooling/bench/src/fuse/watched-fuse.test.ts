import { expect, test } from 'vitest';
import { createPhaseClock } from './watched-fuse.js';

test('every moment falls on one phase, and all together are the whole time', () => {
  let time = 5000;
  const clock = createPhaseClock(() => time);
  time += 1000;
  clock.enter('products');
  time += 3000;
  clock.enter('forward');
  time += 500;
  clock.enter('products');
  time += 2000;
  expect(clock.phase).toBe('products');
  expect(clock.seconds()).toEqual({ forward: 0.5, products: 5, solve: 0, build: 0, other: 1 });
  time += 1000;
  expect(clock.seconds().products).toBe(6);
});
