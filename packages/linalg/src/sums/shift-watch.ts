import { type Rows, spreadRow } from './column-traits.js';

/** Knows whether what is taken off columns still is near the means of all that is summed. */
export interface ShiftWatch {
  /**
   * Forgets what came before.
   *
   * @param shift Of each column.
   * @param isListed Whether products with a column are also made of its numbers as they are.
   */
  begin(shift: Float32Array, isListed?: (column: number) => boolean): void;
  /** Whether it is near the means when these rows are summed, too. */
  fits(rows: Rows): boolean;
}

/**
 * The largest distance of a shift from the mean, in deviations. Products then are up to ten times as large as those of
 * deviations alone, and so is what they lose by rounding.
 */
const mostDeviations = 3;

/** One row in so many is looked at. */
const rowsPerLook = 64;
/** Until so many were looked at, more are: of a few rows the deviation can't be told. */
const fewestLooks = 64;

export function createShiftWatch(columns: number): ShiftWatch {
  let looks = 0;
  let weight = 0;
  let shift: Float32Array = new Float32Array(columns);
  let listed = new Uint8Array(columns);
  // Of numbers less their shift, each as often as the rows that it stands for.
  const sums = new Float64Array(columns);
  const squares = new Float64Array(columns);

  function isNear(column: number): boolean {
    const distance = sums[column]! / weight;
    const variance = Math.max(0, squares[column]! / weight - distance * distance);
    const least = mostDeviations ** 2 * variance;
    if (distance * distance > least) return false;
    return !listed[column] || (distance + shift[column]!) ** 2 <= least;
  }

  return {
    begin(taken, isListed = () => false) {
      looks = 0;
      weight = 0;
      shift = taken;
      listed = Uint8Array.from(taken, (_, column) => Number(isListed(column)));
      sums.fill(0);
      squares.fill(0);
    },
    fits(rows) {
      const { count } = rows;
      if (count === 0 || columns === 0) return true;
      const wanted = Math.max(Math.ceil(count / rowsPerLook), fewestLooks - looks);
      const taken = Math.min(count, wanted);
      for (let look = 0; look < taken; look++) {
        const values = rows.row(spreadRow(look, taken, count));
        for (let column = 0; column < columns; column++) {
          const distance = values[column]! - shift[column]!;
          sums[column]! += (distance * count) / taken;
          squares[column]! += (distance * distance * count) / taken;
        }
      }
      looks += taken;
      weight += count;
      for (let column = 0; column < columns; column++) if (!isNear(column)) return false;
      return true;
    },
  };
}
