import { expect, test } from 'vitest';
import { referenceBackend } from '../backend/backend-adapter.js';
import { centerKernel } from '../geometry/compose-geometry.js';
import { patchGeometry } from '../geometry/patch-geometry.js';
import { randomArray } from '../testing/check.js';
import { centerMoments } from './center-moments.js';

test.each([
  { inputSize: [7, 6], from: [5, 5], to: [3, 3], strides: [1, 1], channels: 2 },
  { inputSize: [9, 8], from: [4, 5], to: [1, 2], strides: [2, 1], channels: 3 },
  { inputSize: [11], from: [6], to: [3], strides: [1], channels: 2 },
  { inputSize: [6, 6], from: [3, 3], to: [3, 3], strides: [1, 1], channels: 1 },
])(
  'what is cut out is what smaller patches give: $from to $to',
  ({ inputSize, from, to, strides, channels }) => {
    const geometry = patchGeometry({ inputSize, kernelSize: from, strides, padding: 'same' });
    const input = randomArray(1, [5, ...inputSize, channels]);
    const target = randomArray(2, [5, ...geometry.outputSize, 3]);
    const whole = referenceBackend.patchMoments(input, target, geometry);
    const expected = referenceBackend.patchMoments(input, target, centerKernel(geometry, to));
    // The same sums in the same order.
    expect(centerMoments(whole, { from, to, channels })).toEqual(expected);
  },
);

test('what does not fit is refused', () => {
  const geometry = patchGeometry({ inputSize: [4, 4], kernelSize: [3, 3] });
  const moments = referenceBackend.patchMoments(
    randomArray(1, [2, 4, 4, 1]),
    randomArray(2, [2, 2, 2, 1]),
    geometry,
  );
  const cut = (from: number[], to: number[], channels: number) => () =>
    centerMoments(moments, { from, to, channels });
  expect(cut([3, 3], [5, 3], 1)).toThrow(/\[5,3\].*\[3,3\]/);
  expect(cut([3, 3], [1, 1], 2)).toThrow(/9 inputs.*18/);
  expect(cut([3, 3], [1], 1)).toThrow(/\[1\]/);
});
