import { checkLinearAlgebra } from '@fuseinit/core/testing';
import { describe, expect, it } from 'vitest';
import { everyEngine, onEngine } from '../testing-support/every-engine.test-support.js';
import { drawn } from '../testing-support/moments.test-support.js';

describe.each(everyEngine)('$instructions, $threads threads', (options) => {
  it('solves and multiplies as the reference does', () =>
    onEngine(options, async (linalg) => {
      // Throws on the first case that is off.
      expect((await checkLinearAlgebra(linalg)).length).toBeGreaterThan(100);
    }));
});

/**
 * V8's first compiler once lost variables over a wait: the first product of a program came out wrong, and
 * none after.
 */
it('is right the first time, with more threads than cores', async () => {
  const [rows, columns, inner] = [8, 504, 34];
  const a = Float64Array.from(drawn(rows * inner, 4));
  const b = Float64Array.from(drawn(columns * inner, 5));
  for (let turn = 0; turn < 8; turn++) {
    await onEngine({ threads: 6 }, async (linalg) => {
      const product = await linalg.multiplyTransposed(a, b, inner);
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          let sum = 0;
          for (let k = 0; k < inner; k++) sum += a[row * inner + k]! * b[column * inner + k]!;
          expect(Math.abs(product[row * columns + column]! - sum)).toBeLessThan(1e-13);
        }
      }
    });
  }
});
