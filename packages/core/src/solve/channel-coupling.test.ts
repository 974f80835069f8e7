import { expect, test } from 'vitest';
import { codeOf } from '../testing-support/code-of.test-support.js';
import type { ChannelCoupling } from './least-squares.js';
import { couplingGroups } from './solve-moments.js';

test("'full' is one group of all inputs", () => {
  expect(couplingGroups('full', 4, undefined)).toEqual([[0, 1, 2, 3]]);
});

test("'independent' is a group for each channel, which runs fastest in a patch", () => {
  expect(couplingGroups('independent', 6, 2)).toEqual([
    [0, 2, 4],
    [1, 3, 5],
  ]);
});

test.each([undefined, 0, -2, 1.5, 4, Number.NaN])(
  "'independent' with inChannels %s is refused",
  (inChannels) => {
    expect(codeOf(() => couplingGroups('independent', 6, inChannels))).toBe('ARGUMENT_INVALID');
  },
);

test('another coupling is refused', () => {
  expect(codeOf(() => couplingGroups('partial' as ChannelCoupling, 6, 2))).toBe('ARGUMENT_INVALID');
});
