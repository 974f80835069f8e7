import {
  createMomentsAccumulator,
  FuseInitError,
  type Moments,
  type MomentsAccumulator,
  type NdArray,
} from '@fuseinit/core';

/** What a tap gave: moments to solve on, and moments of the samples held out. */
export interface CollectedMoments {
  readonly moments: Moments;
  /** Absent when no sample was held out. */
  readonly heldOut?: Moments;
  /** Samples that were solved on. */
  readonly samples: number;
  readonly heldOutSamples: number;
}

/** What a collector held at some moment: plain data that structured cloning keeps whole. */
export interface CollectorState {
  readonly tap: string;
  /** Batches that were added, in the order in which they come. */
  readonly batches: number;
  readonly samples: number;
  readonly heldOutSamples: number;
  /** Absent before the first batch. */
  readonly moments?: Moments;
  readonly heldOut?: Moments;
}

/** Gathers the moments of one tap, batch by batch. */
export interface Collector {
  /** Batches that were added so far: a collection that goes on begins after them. */
  readonly batches: number;
  /** Samples in them, held out or not. */
  readonly samples: number;
  /**
   * Adds the moments of a batch.
   *
   * @throws VALUE_NOT_FINITE for NaN or Infinity, with the batch and the tap.
   * @throws SHAPE_MISMATCH when the sizes differ from those of earlier batches.
   */
  add(
    moments: Moments,
    batch: { readonly samples: number; readonly heldOut: boolean; readonly batch: number },
  ): void;
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
  if (state && state.tap !== tap) {
    throw new FuseInitError(
      'CHECKPOINT_MISMATCH',
      `The state of a collector at ${JSON.stringify(state.tap)} came where one at ${JSON.stringify(tap)} was expected.`,
    );
  }
  if (
    state &&
    ![state.moments, state.heldOut].every((moments) => moments === undefined || isWhole(moments))
  ) {
    throw new FuseInitError(
      'CHECKPOINT_MISMATCH',
      `The state of the collector at ${JSON.stringify(tap)} has lost its arrays: keep it by structuredClone, postMessage or IndexedDB, not as JSON.`,
    );
  }
  let fit = state?.moments && holding(state.moments);
  let heldOut = state?.heldOut && holding(state.heldOut);
  let batches = state?.batches ?? 0;
  const samples = { fit: state?.samples ?? 0, heldOut: state?.heldOutSamples ?? 0 };

  return {
    get batches() {
      return batches;
    },
    get samples() {
      return samples.fit + samples.heldOut;
    },
    add(moments, batch) {
      requireFinite(moments, batch.batch, tap);
      if (batch.heldOut) {
        if (heldOut) heldOut.merge(moments);
        else heldOut = holding(moments);
        samples.heldOut += batch.samples;
      } else {
        if (fit) fit.merge(moments);
        else fit = holding(moments);
        samples.fit += batch.samples;
      }
      batches++;
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

function holding(moments: Moments): MomentsAccumulator {
  const accumulator = createMomentsAccumulator(moments.inputMean.data.length, moments.targetMean.data.length);
  accumulator.merge(moments);
  return accumulator;
}

function requireFinite(moments: Moments, batch: number, tap: string): void {
  // A value that isn't finite makes its column's mean so; one whose square overflows, its variance.
  const finite = (mean: NdArray, covariance: NdArray) =>
    mean.data.every((value, index) =>
      Number.isFinite(value + covariance.data[index * (mean.data.length + 1)]!),
    );
  const side = !finite(moments.inputMean, moments.inputCovariance)
    ? 'input'
    : !finite(moments.targetMean, moments.targetCovariance)
      ? 'target'
      : undefined;
  if (!side) return;
  throw new FuseInitError(
    'VALUE_NOT_FINITE',
    `Batch ${batch} holds NaN, Infinity or numbers too large to square in the ${side} at ${JSON.stringify(tap)}: look at the calibration data, or at the model if its inputs are finite.`,
    { layerName: tap },
  );
}
