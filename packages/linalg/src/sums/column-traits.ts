/** Rows that tell: a chunk's worth. */
const rowsLookedAt = 256;
/** What the first rows of a batch tell of its columns. */
export interface ColumnTraits {
  /**
   * What to take off before the products: the mean where it is more than half the deviation, since float32 then loses
   * digits of the deviation; else zero.
   */
  readonly shift: Float32Array;
  /** Share of numbers other than zero. */
  readonly filled: Float64Array;
}

/** @param values [rows, columns] */
export function lookAtColumns(values: Float32Array, columns: number): ColumnTraits {
  const shift = new Float32Array(columns);
  const filled = new Float64Array(columns);
  const rows = Math.min(rowsLookedAt, Math.floor(values.length / columns));
  if (rows === 0) return { shift, filled };
  const sums = new Float64Array(columns);
  const squares = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    for (let column = 0; column < columns; column++) {
      const value = values[start + column]!;
      sums[column]! += value;
      squares[column]! += value * value;
      if (value !== 0) filled[column]! += 1 / rows;
    }
  }
  for (let column = 0; column < columns; column++) {
    const mean = sums[column]! / rows;
    const variance = squares[column]! / rows - mean * mean;
    if (4 * mean * mean > variance && Number.isFinite(Math.fround(mean))) shift[column] = mean;
  }
  return { shift, filled };
}
