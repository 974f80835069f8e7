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

/** Statistics of the columns of some rows. */
export interface ColumnTraits {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  /** Share of numbers other than zero. */
  readonly filled: Float64Array;
}

const rowsToSample = 256;

/** Estimates the traits of columns from 256 rows, spread over all. */
export function lookAtColumns(rows: Rows): ColumnTraits {
  const { columns } = rows;
  const rowsSampled = Math.min(rowsToSample, rows.count);
  const mean = new Float64Array(columns);
  const variance = new Float64Array(columns);
  const filled = new Float64Array(columns);
  if (rowsSampled === 0) return { mean, variance, filled };
  for (let look = 0; look < rowsSampled; look++) {
    const values = rows.row(spreadRow(look, rowsSampled, rows.count));
    for (let column = 0; column < columns; column++) {
      const value = values[column]!;
      mean[column]! += value;
      variance[column]! += value * value;
      if (value !== 0) filled[column]! += 1 / rowsSampled;
    }
  }
  for (let column = 0; column < columns; column++) {
    mean[column]! /= rowsSampled;
    variance[column] = Math.max(0, variance[column]! / rowsSampled - mean[column]! ** 2);
  }
  return { mean, variance, filled };
}

const goldenRatio = (Math.sqrt(5) - 1) / 2;

/** Which row to look at next: rows are spread evenly, and in step with no period that the data may have. */
function spreadRow(look: number, rowsSampled: number, count: number): number {
  return rowsSampled === count ? look : Math.floor(((look * goldenRatio) % 1) * count);
}

/**
 * The shift to subtract from each column before the products: the mean where it is more than half the
 * deviation, since float32 then loses digits of the deviation; else zero.
 */
export function shiftsOf({ mean, variance }: ColumnTraits): Float32Array {
  return Float32Array.from(mean, (value, column) => {
    const shift = Math.fround(value);
    return 4 * value * value > variance[column]! && Number.isFinite(shift) ? shift : 0;
  });
}

/** The order of columns in panels, those with the most zeros last. */
export interface ColumnOrder {
  /** The column at each index of the panels, -1 for padding. */
  readonly order: Int32Array;
  /** The index in the panels of each column. */
  readonly panelIndices: Int32Array;
  /** The first four columns of a panel that are listed by what isn't zero in them, counted in fours. */
  readonly firstListed: number;
}

/**
 * Share of numbers other than zero up to which a list of them costs less than taking all, by how many panels
 * (one to four) a list is multiplied with. With four it is a little under what times say; with fewer, whose
 * sums wait for each other, it is reckoned from how long an addition takes.
 */
const largestShareListed = [0.3, 0.55, 0.7, 0.8] as const;

/**
 * The largest mean, in deviations, of a column that is listed: lists hold numbers from which nothing was
 * taken off, and their products lose the digits that the mean takes. No column with zeros in a fifth of its
 * rows has a larger one.
 */
const largestListedMean = 2;

/** @param panels That lists are multiplied with. */
export function orderColumns({ mean, variance, filled }: ColumnTraits, panels: number): ColumnOrder {
  const columns = filled.length;
  const padded = Math.ceil(columns / 8) * 8;
  const order = new Int32Array(padded).fill(-1);
  const sorted = Int32Array.from({ length: columns }, (_, column) => column);
  order.set(sorted.sort((a, b) => filled[b]! - filled[a]! || a - b));
  const panelIndices = new Int32Array(columns);
  for (let place = 0; place < columns; place++) panelIndices[order[place]!] = place;
  const most = 4 * largestShareListed[Math.max(1, Math.min(4, panels)) - 1]!;
  let firstListed = padded / 4;
  while (firstListed > 0 && listable(order.subarray(4 * (firstListed - 1), 4 * firstListed))) firstListed--;
  return { order, panelIndices, firstListed };

  /** Whether four columns have zeros enough to be listed, and none a mean too large for it. */
  function listable(four: Int32Array): boolean {
    const held = four.filter((column) => column >= 0);
    const share = held.reduce((sum, column) => sum + filled[column]!, 0);
    return (
      share <= most &&
      held.every((column) => mean[column]! ** 2 <= largestListedMean ** 2 * variance[column]!)
    );
  }
}

/** Watches whether the shifts of columns are still near the means of all rows that are summed. */
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
 * The largest distance of a shift from the mean, in deviations. Products then are up to ten times as large as
 * those of deviations alone, and so is what they lose by rounding.
 */
const largestDeviations = 3;

/** One row in so many is looked at. */
const rowsPerSampledRow = 64;
/** At least this many rows are looked at in all: the deviation is unknown from fewer. */
const fewestRowsSampled = 64;

export function createShiftWatch(columns: number): ShiftWatch {
  let rowsSampled = 0;
  let weight = 0;
  let shift: Float32Array = new Float32Array(columns);
  let listed = new Uint8Array(columns);
  // Sums of numbers less their shift, each weighted by the number of rows that it stands for.
  const sums = new Float64Array(columns);
  const squares = new Float64Array(columns);

  function isNear(column: number): boolean {
    const distance = sums[column]! / weight;
    const variance = Math.max(0, squares[column]! / weight - distance * distance);
    const least = largestDeviations ** 2 * variance;
    if (distance * distance > least) return false;
    return !listed[column] || (distance + shift[column]!) ** 2 <= least;
  }

  return {
    begin(taken, isListed = () => false) {
      rowsSampled = 0;
      weight = 0;
      shift = taken;
      listed = Uint8Array.from(taken, (_, column) => Number(isListed(column)));
      sums.fill(0);
      squares.fill(0);
    },
    fits(rows) {
      const { count } = rows;
      if (count === 0 || columns === 0) return true;
      const wanted = Math.max(Math.ceil(count / rowsPerSampledRow), fewestRowsSampled - rowsSampled);
      const taken = Math.min(count, wanted);
      for (let look = 0; look < taken; look++) {
        const values = rows.row(spreadRow(look, taken, count));
        for (let column = 0; column < columns; column++) {
          const distance = values[column]! - shift[column]!;
          sums[column]! += (distance * count) / taken;
          squares[column]! += (distance * distance * count) / taken;
        }
      }
      rowsSampled += taken;
      weight += count;
      for (let column = 0; column < columns; column++) if (!isNear(column)) return false;
      return true;
    },
  };
}

/** Which side of the column sums isn't finite, if any. */
export function finiteSide(inputs: Float64Array, targets: Float64Array): 'input' | 'target' | undefined {
  if (!inputs.every(Number.isFinite)) return 'input';
  return targets.every(Number.isFinite) ? undefined : 'target';
}
