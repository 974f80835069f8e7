import { positionRead } from './patch-geometry.js';
import type { PatchLayout } from './patch-layout.js';

/** For each output position and each tap, in that order, the pixel that is read; -1 for padding. */
export function tapOffsets({ rows, columns }: PatchLayout): Int32Array {
  const offsets: number[] = [];
  for (let row = 0; row < rows.outputSize; row++) {
    for (let column = 0; column < columns.outputSize; column++) {
      for (let down = 0; down < rows.kernelSize; down++) {
        for (let across = 0; across < columns.kernelSize; across++) {
          const y = positionRead(rows, row, down);
          const x = positionRead(columns, column, across);
          offsets.push(y < 0 || x < 0 ? -1 : y * columns.inputSize + x);
        }
      }
    }
  }
  return Int32Array.from(offsets);
}
