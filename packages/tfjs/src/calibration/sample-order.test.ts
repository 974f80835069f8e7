import { expect, test } from 'vitest';
import { holdsOut } from './held-out.js';
import { sampleOrder } from './sample-order.js';

const indices = Uint32Array.from({ length: 1000 }, (_, index) => index);

test.each([0, 0.1, 0.4, 0.5])(
  'any number of samples is spread over the data, with the share held out: %d',
  (share) => {
    const rule = { share, seed: 3 };
    const order = sampleOrder(indices, rule);
    expect([...order].sort((a, b) => a - b)).toEqual([...indices]);
    const isHeldOut = holdsOut(rule);
    for (const count of [10, 25, 100, 500, 1000]) {
      const taken = [...order.subarray(0, count)];
      expect(Math.abs(taken.filter(isHeldOut).length - count * share)).toBeLessThanOrEqual(1);
    }
    // There are ten classes in sequence, with 20 samples of each expected among 200. The standard deviation
    // is 3.8, and no count is off by 5 standard deviations.
    const classes = [...order.subarray(0, 200)].map((index) => Math.floor(index / 100));
    for (let at = 0; at < 10; at++)
      expect(Math.abs(classes.filter((of) => of === at).length - 20)).toBeLessThan(19);
  },
);

test('the order is that of the seed, and of part of the data too', () => {
  expect(sampleOrder(indices, { share: 0.1 })).toEqual(sampleOrder(indices, { share: 0.1, seed: 0 }));
  expect(sampleOrder(indices, { share: 0.1 })).not.toEqual(sampleOrder(indices, { share: 0.1, seed: 1 }));
  const part = Uint32Array.of(3, 6, 500, 999);
  expect([...sampleOrder(part, { share: 0.1 })].sort((a, b) => a - b)).toEqual([...part]);
});
