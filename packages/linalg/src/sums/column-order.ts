import type { ColumnTraits } from './column-traits.js';

/** How columns lie in panels, those with the most zeros last. */
export interface ColumnOrder {
  /** For each column of a panel the number of its column, -1 for padding. */
  readonly order: Int32Array;
  /** For each column its place in the panels. */
  readonly places: Int32Array;
  /** The first four columns of a panel that are listed by what isn't zero in them, counted in fours. */
  readonly firstListed: number;
}

/**
 * Share of numbers other than zero up to which a list of them costs less than taking all, by how many panels (one to
 * four) a list is multiplied with. With four it is a little under what times say; with fewer, whose sums wait for each
 * other, it is reckoned from how long an addition takes.
 */
const mostFilled = [0.3, 0.55, 0.7, 0.8] as const;

/**
 * The largest mean, in deviations, of a column that is listed: lists hold numbers from which nothing was taken off, and
 * their products lose the digits that the mean takes. No column with zeros in a fifth of its rows has a larger one.
 */
const mostListedMean = 2;

/** @param panels That lists are multiplied with. */
export function orderColumns({ mean, variance, filled }: ColumnTraits, panels: number): ColumnOrder {
  const columns = filled.length;
  const padded = Math.ceil(columns / 8) * 8;
  const order = new Int32Array(padded).fill(-1);
  const sorted = Int32Array.from({ length: columns }, (_, column) => column);
  order.set(sorted.sort((a, b) => filled[b]! - filled[a]! || a - b));
  const places = new Int32Array(columns);
  for (let place = 0; place < columns; place++) places[order[place]!] = place;
  const most = 4 * mostFilled[Math.max(1, Math.min(4, panels)) - 1]!;
  let firstListed = padded / 4;
  while (firstListed > 0 && listable(order.subarray(4 * (firstListed - 1), 4 * firstListed))) firstListed--;
  return { order, places, firstListed };

  /** Whether four columns have zeros enough to be listed, and none a mean too large for it. */
  function listable(four: Int32Array): boolean {
    const held = four.filter((column) => column >= 0);
    const share = held.reduce((sum, column) => sum + filled[column]!, 0);
    return (
      share <= most && held.every((column) => mean[column]! ** 2 <= mostListedMean ** 2 * variance[column]!)
    );
  }
}
