import {
  createMomentsAccumulator,
  FuseInitError,
  type Moments,
  type MomentsAccumulator,
  notFiniteSide,
} from '@fuseinit/core';
import { type BatchRange, notFinite } from './not-finite.js';

/** What a tap gave: moments to solve on, and moments of the samples held out. */
export interface CollectedMoments {
  readonly moments: Moments;
  /** Absent when no sample was held out. */
  readonly heldOut?: Moments;
  /** Samples that were solved on. */
  readonly samples: number;
  readonly heldOutSamples: number;
}

/** Moments of some batches of a tap, in the order in which they come. */
export interface GatheredMoments {
  readonly batches: number;
  /** Samples to solve on. */
  readonly samples: number;
  readonly heldOutSamples: number;
  /** Absent where no sample is to be solved on. */
  readonly moments?: Moments;
  readonly heldOut?: Moments;
}

/** What a collector held at some moment: plain data that structured cloning keeps whole. */
export interface CollectorState extends GatheredMoments {
  readonly tap: string;
}

/** Gathers the moments of one tap. */
export interface Collector {
  /** Batches that were added so far: a collection that goes on begins after them. */
  readonly batches: number;
  /** Samples in them, held out or not. */
  readonly samples: number;
  /**
   * Adds the moments of the next batches, all of them or, after an error, none.
   *
   * @param range The batches of the calibration data that they are of, for errors.
   * @throws VALUE_NOT_FINITE for NaN or Infinity, with the batches and the tap.
   * @throws SHAPE_MISMATCH when the sizes differ from those of earlier batches.
   */
  add(gathered: GatheredMoments, range: BatchRange): void;
  /** A copy of all that was gathered, for {@link createCollector} to go on from. */
  state(): CollectorState;
  /** @throws CALIBRATION_DATA_EMPTY when no rows came to solve on. */
  collected(): CollectedMoments;
}

/**
 * A collector for the tap of this name: empty, or holding what another one held.
 *
 * @throws CHECKPOINT_MISMATCH when the state is of another tap.
 */
export function createCollector(tap: string, state?: CollectorState): Collector {
  if (state) requireOwn(tap, state);
  let fit = state?.moments && holding(state.moments);
  let heldOut = state?.heldOut && holding(state.heldOut);
  let sizes = sizesOf(state?.moments ?? state?.heldOut);
  let batches = state?.batches ?? 0;
  const samples = { fit: state?.samples ?? 0, heldOut: state?.heldOutSamples ?? 0 };

  return {
    get batches() {
      return batches;
    },
    get samples() {
      return samples.fit + samples.heldOut;
    },
    add(gathered, range) {
      const added = [gathered.moments, gathered.heldOut].filter((moments) => moments !== undefined);
      for (const moments of added) {
        const side = notFiniteSide(moments);
        if (side) throw notFinite(side, range, tap);
        sizes ??= sizesOf(moments);
        requireSizes(moments, sizes, tap);
      }
      if (gathered.moments) fit = merged(fit, gathered.moments);
      if (gathered.heldOut) heldOut = merged(heldOut, gathered.heldOut);
      samples.fit += gathered.samples;
      samples.heldOut += gathered.heldOutSamples;
      batches += gathered.batches;
    },
    state: () => ({
      tap,
      batches,
      samples: samples.fit,
      heldOutSamples: samples.heldOut,
      ...(fit && { moments: fit.moments() }),
      ...(heldOut && { heldOut: heldOut.moments() }),
    }),
    collected() {
      if (!fit || fit.count === 0) {
        throw new FuseInitError(
          'CALIBRATION_DATA_EMPTY',
          `No sample came to solve on at ${JSON.stringify(tap)}: give calibration data of at least one sample.`,
        );
      }
      return {
        moments: fit.moments(),
        ...(heldOut && heldOut.count > 0 ? { heldOut: heldOut.moments() } : {}),
        samples: samples.fit,
        heldOutSamples: samples.heldOut,
      };
    },
  };
}

function requireOwn(tap: string, state: CollectorState): void {
  if (state.tap !== tap) {
    throw new FuseInitError(
      'CHECKPOINT_MISMATCH',
      `The state of a collector at ${JSON.stringify(state.tap)} came where one at ${JSON.stringify(tap)} was expected.`,
    );
  }
  if (![state.moments, state.heldOut].every((moments) => moments === undefined || isWhole(moments))) {
    throw new FuseInitError(
      'CHECKPOINT_MISMATCH',
      `The state of the collector at ${JSON.stringify(tap)} has lost its arrays: keep it by structuredClone, postMessage or IndexedDB, not as JSON.`,
    );
  }
}

function isWhole({
  inputMean,
  targetMean,
  inputCovariance,
  crossCovariance,
  targetCovariance,
}: Moments): boolean {
  return [inputMean, targetMean, inputCovariance, crossCovariance, targetCovariance].every(
    (part) => part?.data instanceof Float64Array,
  );
}

function sizesOf(moments: Moments | undefined): string | undefined {
  return moments && `${moments.inputMean.data.length} inputs and ${moments.targetMean.data.length} targets`;
}

function requireSizes(moments: Moments, expected: string | undefined, tap: string): void {
  const came = sizesOf(moments);
  if (came === expected) return;
  throw new FuseInitError(
    'SHAPE_MISMATCH',
    `Moments of ${came} came at ${JSON.stringify(tap)} after others of ${expected}: batches of the same layers were expected.`,
  );
}

function holding(moments: Moments): MomentsAccumulator {
  const accumulator = createMomentsAccumulator(moments.inputMean.data.length, moments.targetMean.data.length);
  accumulator.merge(moments);
  return accumulator;
}

function merged(sum: MomentsAccumulator | undefined, added: Moments): MomentsAccumulator {
  if (!sum) return holding(added);
  sum.merge(added);
  return sum;
}
