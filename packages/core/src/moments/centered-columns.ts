import type { FloatArray } from '../array/nd-array.js';

/** The mean of each column of rows [count, columns], to the last digits also where it is large. */
export function columnMeans(rows: FloatArray['data'], count: number, columns: number): Float64Array {
  const means = new Float64Array(columns);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < columns; column++) means[column]! += rows[row * columns + column]!;
  }
  const rounded = means.map((sum) => sum / count);
  // A second pass takes out what rounding left of a large mean.
  const rest = new Float64Array(columns);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < columns; column++) {
      rest[column]! += rows[row * columns + column]! - rounded[column]!;
    }
  }
  return rounded.map((mean, column) => mean + rest[column]! / count);
}

/** The columns of rows [count, columns] less their means, as rows [columns, count]. */
export function centeredColumns(rows: FloatArray['data'], means: Float64Array, count: number): Float64Array {
  const columns = means.length;
  const centered = new Float64Array(rows.length);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < columns; column++) {
      centered[column * count + row] = rows[row * columns + column]! - means[column]!;
    }
  }
  return centered;
}
