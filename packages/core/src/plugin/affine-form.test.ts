import { describe, expect, test } from 'vitest';
import { ndArray } from '../array/nd-array.js';
import { patchGeometry } from '../geometry/patch-geometry.js';
import { depthwiseConvolve } from '../reference/sliding-layers.js';
import { randomArray } from '../testing/check.js';
import { codeOf } from '../testing-support/properties.test-support.js';
import { type AffineStep, applyAffineForm } from './affine-form.js';

const linear = (...steps: AffineStep[]) => ({ steps, activation: 'linear' });

describe('applyAffineForm', () => {
  test('no step and no activation is the identity', () => {
    const input = randomArray(1, [2, 3, 4]);
    expect(applyAffineForm(linear(), input)).toEqual(input);
  });

  test('takes the steps in order, then the activation', () => {
    const scale = { kind: 'channels', scale: Float64Array.of(2, -1), shift: Float64Array.of(1, 0) } as const;
    const sum = { kind: 'dense', kernel: ndArray([2, 1], [1, 1]), bias: Float64Array.of(-6) } as const;
    const input = ndArray([3, 2], [1, 2, 3, 4, 5, 0]);
    // (2 a + 1) - b - 6, and no less than 0.
    expect([...applyAffineForm({ steps: [scale, sum], activation: 'relu' }, input).data]).toEqual([0, 0, 5]);
  });

  test('a window of as many groups as channels is a depthwise convolution', () => {
    const input = randomArray(2, [2, 5, 6, 3]);
    const kernel = randomArray(3, [3, 2, 3, 2]);
    const bias = randomArray(4, [6]);
    const settings = { kernelSize: [3, 2], strides: [2, 1], dilationRate: [1, 1], padding: 'same' as const };
    const expected = depthwiseConvolve(
      input,
      kernel,
      bias,
      patchGeometry({ inputSize: [5, 6], ...settings }),
    );
    const step = {
      ...settings,
      kind: 'window' as const,
      groups: 3,
      kernel: ndArray([3, 2, 1, 6], kernel.data),
      bias: bias.data,
    };
    expect(applyAffineForm(linear(step), input)).toEqual(expected);
  });

  test('a transposed window adds what it covers', () => {
    // [1, 2] under a kernel of 3 with steps of 2: 1 2 3 . . + . . 2 4 6, by hand; 'same' keeps all but the
    // last.
    const step = {
      kind: 'transposed' as const,
      kernelSize: [1, 3],
      strides: [1, 2],
      kernel: ndArray([1, 3, 1, 1], [1, 2, 3]),
      bias: Float64Array.of(10),
    };
    const input = ndArray([1, 1, 2, 1], [1, 2]);
    const valid = applyAffineForm(linear({ ...step, padding: 'valid' }), input);
    expect([valid.shape, [...valid.data]]).toEqual([
      [1, 1, 5, 1],
      [11, 12, 15, 14, 16],
    ]);
    const same = applyAffineForm(linear({ ...step, padding: 'same' }), input);
    expect([same.shape, [...same.data]]).toEqual([
      [1, 1, 4, 1],
      [11, 12, 15, 14],
    ]);
  });

  test('refuses numbers that do not fit the input', () => {
    const input = randomArray(5, [2, 4, 4, 3]);
    const two = { kind: 'channels', scale: new Float64Array(2), shift: new Float64Array(2) } as const;
    expect(codeOf(() => applyAffineForm(linear(two), input))).toBe('SHAPE_MISMATCH');
    const wide = {
      kind: 'transposed' as const,
      kernelSize: [2, 2],
      strides: [1, 1],
      padding: 'valid' as const,
      kernel: randomArray(6, [2, 2, 3, 2]),
      bias: new Float64Array(3),
    };
    expect(codeOf(() => applyAffineForm(linear(wide), input))).toBe('SHAPE_MISMATCH');
  });
});
