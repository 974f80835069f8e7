import { expect, test } from 'vitest';
import { spreadOf } from '../measuring/measurements.js';
import { fuseRow } from './fuse-benchmark.js';
import type { FuseAnswer } from './fuse-order.js';

const answer = (forward: number, solve: number, peakBytes: number): FuseAnswer => ({
  computesOn: 'a backend',
  solvesBy: 'a solver',
  seconds: { forward, products: 2, solve, build: 0, other: 1 },
  bytesBefore: 10,
  peakBytes,
});

test('phases are of the middle run, memory of the worst, and solving counts as overhead', () => {
  const order = { backend: 'cpu', solver: 'wasm', samples: 4, teacher: 'demo' } as const;
  const row = fuseRow(order, [answer(4, 3, 100), answer(40, 1, 90), answer(1, 1, 120)], spreadOf([10]));
  expect(row.seconds.forward).toBe(4);
  // 10 seconds, of which 4 are forward passes and 2 products.
  expect(row.overhead).toBe(0.4);
  expect(row.peakBytes).toBe(120);
});
