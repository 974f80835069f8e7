/** Rows of numbers, wherever they lie. */
export interface Rows {
  readonly count: number;
  readonly columns: number;
  /** The numbers of a row; valid until the next call. */
  row(index: number): Float32Array;
}

/** Rows that lie one after the other: [count, columns]. */
export function plainRows(values: Float32Array, columns: number): Rows {
  return {
    count: columns === 0 ? 0 : Math.floor(values.length / columns),
    columns,
    row: (index) => values.subarray(index * columns, (index + 1) * columns),
  };
}

/** What some rows tell of their columns. */
export interface ColumnTraits {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  /** Share of numbers other than zero. */
  readonly filled: Float64Array;
}

const mostRowsLookedAt = 256;

/** Looks at 256 rows, spread over all. */
export function lookAtColumns(rows: Rows): ColumnTraits {
  const { columns } = rows;
  const looks = Math.min(mostRowsLookedAt, rows.count);
  const mean = new Float64Array(columns);
  const variance = new Float64Array(columns);
  const filled = new Float64Array(columns);
  if (looks === 0) return { mean, variance, filled };
  for (let look = 0; look < looks; look++) {
    const values = rows.row(spreadRow(look, looks, rows.count));
    for (let column = 0; column < columns; column++) {
      const value = values[column]!;
      mean[column]! += value;
      variance[column]! += value * value;
      if (value !== 0) filled[column]! += 1 / looks;
    }
  }
  for (let column = 0; column < columns; column++) {
    mean[column]! /= looks;
    variance[column] = Math.max(0, variance[column]! / looks - mean[column]! ** 2);
  }
  return { mean, variance, filled };
}

const goldenRatio = (Math.sqrt(5) - 1) / 2;

/** Which row to look at next: rows are spread evenly, and in step with no period that the data may have. */
export function spreadRow(look: number, looks: number, count: number): number {
  return looks === count ? look : Math.floor(((look * goldenRatio) % 1) * count);
}

/**
 * What to take off each column before the products: the mean where it is more than half the deviation, since float32
 * then loses digits of the deviation; else zero.
 */
export function shiftsOf({ mean, variance }: ColumnTraits): Float32Array {
  return Float32Array.from(mean, (value, column) => {
    const shift = Math.fround(value);
    return 4 * value * value > variance[column]! && Number.isFinite(shift) ? shift : 0;
  });
}
