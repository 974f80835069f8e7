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
 * @param filled For each column, the share of numbers other than zero.
 * @param panels That lists are multiplied with.
 */
export function orderColumns(filled: ArrayLike<number>, panels: number): ColumnOrder {
  const columns = filled.length;
  const padded = Math.ceil(columns / 8) * 8;
  const order = new Int32Array(padded).fill(-1);
  const sorted = Int32Array.from({ length: columns }, (_, column) => column);
  order.set(sorted.sort((a, b) => filled[b]! - filled[a]! || a - b));
  const places = new Int32Array(columns);
  for (let place = 0; place < columns; place++) places[order[place]!] = place;
  const most = 4 * mostFilled[Math.max(1, Math.min(4, panels)) - 1]!;
  const share = (place: number) => (place < columns ? filled[order[place]!]! : 0);
  let firstListed = 0;
  for (let place = 0; firstListed < padded / 4; firstListed++, place += 4) {
    if (share(place) + share(place + 1) + share(place + 2) + share(place + 3) <= most) break;
  }
  return { order, places, firstListed };
}
