/** Keeps what ranks highest of all that is offered. */
export interface Largest<Value> {
  /** Makes the value only where it is kept. Of equal ranks the earlier one comes first. */
  offer(rank: number, make: () => Value): void;
  /** Highest first. */
  readonly kept: readonly { readonly rank: number; readonly value: Value }[];
}

export function createLargest<Value>(limit: number): Largest<Value> {
  const kept: { rank: number; value: Value }[] = [];
  return {
    kept,
    offer(rank, make) {
      const place = kept.findIndex((other) => other.rank < rank);
      if (place === -1 && kept.length >= limit) return;
      kept.splice(place === -1 ? kept.length : place, 0, { rank, value: make() });
      kept.length = Math.min(kept.length, limit);
    },
  };
}
