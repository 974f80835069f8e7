import { type CalibrationRows, FuseInitError } from '@fuseinit/core';
import type { HeldOutRows, HeldOutSample } from './held-out-rows.js';

/** The numbers of batches and samples that were gathered. */
export interface GatheredCounts {
  readonly batches: number;
  /** Samples to solve on. */
  readonly samples: number;
  readonly heldOutSamples: number;
}

/** The data of some batches of a tap, in their order. */
export interface Gathered<Held> extends GatheredCounts {
  /** To solve on, as moments or as rows; absent where no sample is. */
  readonly fit?: Held;
  /** The held-out samples that are to be kept. */
  readonly heldOut?: readonly HeldOutSample[];
}

/** Counts batches of one tap, and checks what they gave before it is kept. */
export interface Gathering<Held> extends Pick<HeldOutRows, 'wants'> {
  /** Batches that were added so far: a collection that goes on begins after them. */
  readonly batches: number;
  /** Samples in them, held out or not. */
  readonly samples: number;
  counts(): GatheredCounts;
  /** The held-out samples that are kept, or undefined where there are none. */
  heldOutRows(): CalibrationRows | undefined;
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

/** The operations in which moments and rows differ. */
interface Kind<Held> {
  /** The numbers of inputs and targets, in words. */
  sizesOf(held: Held): string;
  notFiniteSide(held: Held): 'input' | 'target' | undefined;
  keep(held: Held): void;
}

/** @param begun The counts, and any part of the data, that are kept already. */
export function createGathering<Held>(
  tap: string,
  kind: Kind<Held>,
  heldOutRows: HeldOutRows,
  begun: { readonly counts: GatheredCounts; readonly held: Held | undefined },
): Gathering<Held> {
  let counts: GatheredCounts = begun.counts;
  let sizes = begun.held ? kind.sizesOf(begun.held) : sampleSizes(heldOutRows.samples[0]);
  const requireSizes = (added: string) => {
    sizes ??= added;
    if (added !== sizes) throw otherSizes(tap, added, sizes);
  };
  return {
    wants: heldOutRows.wants,
    heldOutRows: heldOutRows.rows,
    get batches() {
      return counts.batches;
    },
    get samples() {
      return counts.samples + counts.heldOutSamples;
    },
    counts: () => counts,
    add({ fit, heldOut, ...added }, range) {
      const side = fit && kind.notFiniteSide(fit);
      if (side) throw notFinite(side, range, tap);
      if (fit) requireSizes(kind.sizesOf(fit));
      if (heldOut?.[0]) requireSizes(sampleSizes(heldOut[0])!);
      if (fit) kind.keep(fit);
      if (heldOut) heldOutRows.add(heldOut);
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

/** The numbers of inputs and targets of a row, in words. */
export function sizesText(inputs: number, targets: number): string {
  return `${inputs} inputs and ${targets} targets`;
}

function sampleSizes(sample: HeldOutSample | undefined): string | undefined {
  return sample && sizesText(sample.inputs.length / sample.rows, sample.targets.length / sample.rows);
}

/** The counts of a state; zeros without one. */
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

function otherSizes(tap: string, added: string, expected: string): FuseInitError {
  return new FuseInitError(
    'SHAPE_MISMATCH',
    `Batches of ${added} came at ${JSON.stringify(tap)} after others of ${expected}: batches of the same layers were expected.`,
  );
}

/** Batches of the calibration data, by their numbers. */
export interface BatchRange {
  readonly first: number;
  readonly last: number;
}

/** The error for numbers that no sum can hold, with the batches and the tap. */
export function notFinite(side: 'input' | 'target', { first, last }: BatchRange, tap: string): FuseInitError {
  const where = first === last ? `Batch ${first} holds` : `One of the batches ${first} to ${last} holds`;
  return new FuseInitError(
    'VALUE_NOT_FINITE',
    `${where} NaN, Infinity or numbers too large to square in the ${side} at ${JSON.stringify(tap)}: look at the calibration data, or at the model if its inputs are finite.`,
    { layerName: tap },
  );
}

/**
 * Refuses the state of a collector that another one can't go on from.
 *
 * @param arrays All that it must still hold.
 * @param type What they are arrays of.
 * @throws CHECKPOINT_MISMATCH for another tap, or arrays that were lost.
 */
export function requireOwnState(
  tap: string,
  state: { readonly tap: string },
  arrays: readonly unknown[],
  type: Float32ArrayConstructor | Float64ArrayConstructor,
): void {
  if (state.tap !== tap) {
    throw new FuseInitError(
      'CHECKPOINT_MISMATCH',
      `The state of a collector at ${JSON.stringify(state.tap)} came where one at ${JSON.stringify(tap)} was expected.`,
    );
  }
  if (!arrays.every((array) => array instanceof type)) {
    throw new FuseInitError(
      'CHECKPOINT_MISMATCH',
      `The state of the collector at ${JSON.stringify(tap)} has lost its arrays: keep it by structuredClone, postMessage or IndexedDB, not as JSON.`,
    );
  }
}

/** The arrays of held-out samples, of what may be the state of anything. */
export function heldOutArraysOf(samples: readonly HeldOutSample[]): readonly unknown[] {
  if (!Array.isArray(samples)) return [undefined];
  return samples.flatMap((sample) => [sample?.inputs, sample?.targets]);
}
