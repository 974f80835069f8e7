import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviceChunks, largestTensor } from './device-chunks.js';

const sizes = fc.integer({ min: 1, max: 40 });

test('chunks cover each output row of each sample once, and have room', () => {
  fc.assert(
    fc.property(
      sizes,
      sizes,
      sizes,
      sizes,
      fc.integer({ min: 1, max: 40_000 }),
      (batch, height, width, columns, room) => {
        const seen = new Uint8Array(batch * height);
        for (const { firstSample, samples, firstRow, rows } of deviceChunks(
          batch,
          [height, width],
          columns,
          room,
        )) {
          const isLeast = samples === 1 && rows === 1;
          const needed = largestTensor(samples * rows * width, columns);
          // If products of columns exceed the room, the backend rejects them before.
          expect(isLeast || needed <= Math.max(room, columns ** 2)).toBe(true);
          for (let sample = firstSample; sample < firstSample + samples; sample++)
            for (let row = firstRow; row < firstRow + rows; row++) seen[sample * height + row]!++;
        }
        expect(seen.every((times) => times === 1)).toBe(true);
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

test('no more blocks than float32 sums can take, however much room there is', () => {
  const parts = [...deviceChunks(2000, [28, 28], 5, 2 ** 24)];
  expect(Math.max(...parts.map(({ samples, rows }) => samples * rows * 28))).toBeLessThanOrEqual(256 * 512);
});
