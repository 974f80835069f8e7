import { FuseInitError } from '@fuseinit/core';
import { type BatchRange, notFinite } from './not-finite.js';

/** How many batches and samples were gathered. */
export interface GatheredCounts {
  readonly batches: number;
  /** Samples to solve on. */
  readonly samples: number;
  readonly heldOutSamples: number;
}

/** What some batches of a tap gave, as moments or as rows, in the order in which they come. */
export interface Gathered<Held> extends GatheredCounts {
  /** Absent where no sample is to be solved on. */
  readonly fit?: Held;
  readonly heldOut?: Held;
}

/** Counts batches of one tap, and checks what they gave before it is kept. */
export interface Gathering<Held> {
  /** Batches that were added so far: a collection that goes on begins after them. */
  readonly batches: number;
  /** Samples in them, held out or not. */
  readonly samples: number;
  counts(): GatheredCounts;
  /**
   * Keeps what the next batches gave, all of it or, after an error, nothing.
   *
   * @param range The batches of the calibration data that it is of, for errors.
   * @throws VALUE_NOT_FINITE for NaN or Infinity, with the batches and the tap.
   * @throws SHAPE_MISMATCH when the sizes differ from those of earlier batches.
   */
  add(gathered: Gathered<Held>, range: BatchRange): void;
  /** @throws CALIBRATION_DATA_EMPTY when no sample came to solve on. */
  requireSamples(): void;
}

/** What tells one kind of what is held from the other. */
interface Kind<Held> {
  /** In words. */
  sizesOf(held: Held): string;
  notFiniteSide(held: Held): 'input' | 'target' | undefined;
  keep(side: 'fit' | 'heldOut', held: Held): void;
}

/** @param begun What is counted and kept already; of what is kept, any part. */
export function createGathering<Held>(
  tap: string,
  kind: Kind<Held>,
  begun: { readonly counts: GatheredCounts; readonly held: Held | undefined },
): Gathering<Held> {
  let counts: GatheredCounts = begun.counts;
  let sizes = begun.held && kind.sizesOf(begun.held);
  return {
    get batches() {
      return counts.batches;
    },
    get samples() {
      return counts.samples + counts.heldOutSamples;
    },
    counts: () => counts,
    add({ fit, heldOut, ...added }, range) {
      for (const held of [fit, heldOut]) {
        if (!held) continue;
        const side = kind.notFiniteSide(held);
        if (side) throw notFinite(side, range, tap);
        const came = kind.sizesOf(held);
        sizes ??= came;
        if (came !== sizes) throw otherSizes(tap, came, sizes);
      }
      if (fit) kind.keep('fit', fit);
      if (heldOut) kind.keep('heldOut', heldOut);
      counts = plus(counts, added);
    },
    requireSamples() {
      if (counts.samples > 0) return;
      throw new FuseInitError(
        'CALIBRATION_DATA_EMPTY',
        `No sample came to solve on at ${JSON.stringify(tap)}: give calibration data of at least one sample.`,
      );
    },
  };
}

/** Of a state that may hold more than its counts; of none, zeros. */
export function countsOf(state: GatheredCounts | undefined): GatheredCounts {
  const { batches = 0, samples = 0, heldOutSamples = 0 } = state ?? {};
  return { batches, samples, heldOutSamples };
}

export function plus(first: GatheredCounts, second: GatheredCounts): GatheredCounts {
  return {
    batches: first.batches + second.batches,
    samples: first.samples + second.samples,
    heldOutSamples: first.heldOutSamples + second.heldOutSamples,
  };
}

function otherSizes(tap: string, came: string, expected: string): FuseInitError {
  return new FuseInitError(
    'SHAPE_MISMATCH',
    `Batches of ${came} came at ${JSON.stringify(tap)} after others of ${expected}: batches of the same layers were expected.`,
  );
}
