import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviceChunks } from './device-chunks.js';

const sizes = fc.integer({ min: 1, max: 12 });

test('chunks cover each output row of each sample once, and have room', () => {
  fc.assert(
    fc.property(
      sizes,
      sizes,
      sizes,
      sizes,
      fc.integer({ min: 1, max: 2000 }),
      (batch, height, width, columns, room) => {
        const seen = new Uint8Array(batch * height);
        for (const { firstSample, samples, firstRow, rows } of deviceChunks(
          batch,
          [height, width],
          columns,
          room,
        )) {
          const isLeast = samples === 1 && rows === 1;
          expect(isLeast || samples * rows * width * columns <= room).toBe(true);
          for (let sample = firstSample; sample < firstSample + samples; sample++)
            for (let row = firstRow; row < firstRow + rows; row++) seen[sample * height + row]!++;
        }
        expect(seen.every((times) => times === 1)).toBe(true);
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});
