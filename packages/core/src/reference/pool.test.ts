import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ndArray } from '../array/nd-array.js';
import { patchGeometry } from '../geometry/patch-geometry.js';
import { relativeDistance } from '../testing/check-failed.js';
import { randomArray } from '../testing/random-array.js';
import { codeOf } from '../testing-support/code-of.test-support.js';
import { axes } from '../testing-support/draw-geometry.test-support.js';
import { holds, seeds } from '../testing-support/holds.test-support.js';
import { eachWindow, taps } from '../testing-support/naive-window.test-support.js';
import { pool } from './pool.js';

/** Poolings as tfjs-layers has them: no dilation, no explicit padding. */
const poolings = fc
  .tuple(fc.array(axes, { minLength: 1, maxLength: 2 }), fc.constantFrom('same' as const, 'valid' as const))
  .map(([drawn, padding]) =>
    patchGeometry({
      inputSize: drawn.map(({ length }) => length),
      kernelSize: drawn.map(({ kernel }) => kernel),
      strides: drawn.map(({ stride }) => stride),
      padding,
    }),
  );

test.each(['max', 'average'] as const)('%s pooling counts what lies inside alone', (kind) => {
  holds(
    fc.property(poolings, seeds, fc.integer({ min: 1, max: 3 }), (geometry, seed, channels) => {
      const input = randomArray(seed, [2, ...geometry.inputSize, channels]);
      const expected: number[] = [];
      eachWindow(input, geometry, (read) => {
        for (let channel = 0; channel < channels; channel++) {
          const inside = taps(geometry)
            .map(([row, column]) => read(row, column, channel))
            .filter((value) => value !== undefined);
          const sum = inside.reduce((total, value) => total + value, 0);
          expected.push(kind === 'max' ? Math.max(...inside) : sum / inside.length);
        }
      });
      const shape = [2, ...geometry.outputSize, channels];
      expect(relativeDistance(pool(input, geometry, kind), ndArray(shape, expected))).toBeLessThan(1e-14);
    }),
    100,
  );
});

test('negative numbers at a padded edge', () => {
  const input = ndArray([1, 3, 1], [-4, -2, -6]);
  const geometry = patchGeometry({ inputSize: [3], kernelSize: [2], strides: [2], padding: 'same' });
  expect([...pool(input, geometry, 'max').data]).toEqual([-2, -6]);
  expect([...pool(input, geometry, 'average').data]).toEqual([-3, -6]);
});

test('an input of another size is refused', () => {
  const geometry = patchGeometry({ inputSize: [4], kernelSize: [2] });
  expect(codeOf(() => pool(randomArray(1, [1, 5, 1]), geometry, 'max'))).toBe('SHAPE_MISMATCH');
});
