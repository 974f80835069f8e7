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

/** Gathers the moments of one tap, batch by batch. */
export interface Collector {
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
  /** @throws CALIBRATION_DATA_EMPTY when no rows came to solve on. */
  collected(): CollectedMoments;
}

/** An empty collector for the tap of this name. */
export function createCollector(tap: string): Collector {
  let fit: MomentsAccumulator | undefined;
  let heldOut: MomentsAccumulator | undefined;
  const samples = { fit: 0, heldOut: 0 };

  const accumulatorFor = ({ inputMean, targetMean }: Moments): MomentsAccumulator =>
    createMomentsAccumulator(inputMean.data.length, targetMean.data.length);

  return {
    add(moments, batch) {
      requireFinite(moments, batch.batch, tap);
      if (batch.heldOut) {
        heldOut ??= accumulatorFor(moments);
        heldOut.merge(moments);
        samples.heldOut += batch.samples;
      } else {
        fit ??= accumulatorFor(moments);
        fit.merge(moments);
        samples.fit += batch.samples;
      }
    },
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
