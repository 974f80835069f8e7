/** Rows that tell: a chunk's worth. */
const rowsLookedAt = 256;

/**
 * What to take off each column before the products: its mean where that is more than half its deviation, since float32
 * then loses digits of the deviation; else nothing, since a shift would spoil exact zeros, where nearly all are.
 *
 * @param values [rows, columns]
 * @param repeats How often the columns are repeated in a row of the result: the taps of a kernel.
 * @returns Float32 [repeats * columns, padded to whole panels of eight].
 */
export function columnShift(values: Float32Array, columns: number, repeats = 1): Float32Array {
  const length = repeats * columns;
  const shift = new Float32Array(Math.ceil(length / 8) * 8);
  const rows = Math.min(rowsLookedAt, Math.floor(values.length / columns));
  if (rows === 0) return shift;
  const sums = new Float64Array(columns);
  const squares = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    for (let column = 0; column < columns; column++) {
      const value = values[start + column]!;
      sums[column]! += value;
      squares[column]! += value * value;
    }
  }
  for (let column = 0; column < columns; column++) {
    const mean = sums[column]! / rows;
    const variance = squares[column]! / rows - mean * mean;
    const taken = 4 * mean * mean > variance && Number.isFinite(Math.fround(mean)) ? mean : 0;
    for (let repeat = 0; repeat < repeats; repeat++) shift[repeat * columns + column] = taken;
  }
  return shift;
}
