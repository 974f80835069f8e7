import {
  type CalibrationRows,
  createMomentsAccumulator,
  type Moments,
  type MomentsAccumulator,
  notFiniteSide,
} from '@fuseinit/core';
import {
  countsOf,
  createGathering,
  type GatheredCounts,
  type Gathering,
  sizesText,
} from './create-gathering.js';
import { createHeldOutRows, type HeldOutSample } from './create-held-out-rows.js';
import { heldOutArraysOf, requireOwnState } from './require-own-state.js';

/** What a tap gave: moments to solve on, and rows of samples held out. */
export interface CollectedMoments extends Omit<GatheredCounts, 'batches'> {
  readonly moments: Moments;
  /** All held-out samples or a fair choice of them; absent when none was held out. */
  readonly heldOut?: CalibrationRows;
}

/** What a collector held at some moment: plain data that structured cloning keeps whole. */
export interface CollectorState extends GatheredCounts {
  readonly tap: string;
  /** Absent where no sample is to be solved on. */
  readonly moments?: Moments;
  readonly heldOut: readonly HeldOutSample[];
}

/** Gathers the moments of one tap, and rows of held-out samples: its memory doesn't grow with the samples. */
export interface Collector extends Gathering<Moments> {
  readonly keeps: 'moments';
  /** A copy of all that was gathered, for {@link createCollector} to go on from. */
  state(): CollectorState;
  /** @throws CALIBRATION_DATA_EMPTY when no sample came to solve on. */
  collected(): CollectedMoments;
}

/**
 * A collector for the tap of this name: empty, or holding what another one held.
 *
 * @throws CHECKPOINT_MISMATCH when the state is of another tap, or of no collector of moments.
 */
export function createCollector(tap: string, state?: CollectorState): Collector {
  let sum: MomentsAccumulator | undefined;
  const keep = (moments: Moments) => {
    sum ??= createMomentsAccumulator(moments.inputMean.data.length, moments.targetMean.data.length);
    sum.merge(moments);
  };
  if (state) {
    // The state of a collector of rows, whose rows this one doesn't hold.
    const arrays = 'rows' in state ? [undefined] : arraysOf(state.moments);
    requireOwnState(tap, state, arrays, Float64Array);
    requireOwnState(tap, state, heldOutArraysOf(state.heldOut), Float32Array);
    if (state.moments) keep(state.moments);
  }
  const heldOut = createHeldOutRows(state?.heldOut);
  const gathering = createGathering<Moments>(tap, { sizesOf, notFiniteSide, keep }, heldOut, {
    counts: countsOf(state),
    held: state?.moments,
  });
  return Object.assign(gathering, {
    keeps: 'moments' as const,
    state: () => ({
      tap,
      ...gathering.counts(),
      ...(sum && { moments: sum.moments() }),
      heldOut: heldOut.samples,
    }),
    collected() {
      gathering.requireSamples();
      const { samples, heldOutSamples } = gathering.counts();
      const rows = heldOut.rows();
      return {
        moments: sum!.moments(),
        ...(rows && { heldOut: rows }),
        samples,
        heldOutSamples,
      };
    },
  });
}

function sizesOf({ inputMean, targetMean }: Moments): string {
  return sizesText(inputMean.data.length, targetMean.data.length);
}

function arraysOf(moments: Moments | undefined): readonly unknown[] {
  if (!moments) return [];
  const { inputMean, targetMean, inputCovariance, crossCovariance, targetCovariance } = moments;
  return [inputMean, targetMean, inputCovariance, crossCovariance, targetCovariance].map(
    (part) => part?.data,
  );
}
