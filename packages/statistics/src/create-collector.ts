import {
  createMomentsAccumulator,
  type Moments,
  type MomentsAccumulator,
  notFiniteSide,
} from '@fuseinit/core';
import { countsOf, createGathering, type GatheredCounts, type Gathering } from './create-gathering.js';
import { requireOwnState } from './require-own-state.js';

/** What a tap gave: moments to solve on, and moments of the samples held out. */
export interface CollectedMoments extends Omit<GatheredCounts, 'batches'> {
  readonly moments: Moments;
  /** Absent when no sample was held out. */
  readonly heldOut?: Moments;
}

/** What a collector held at some moment: plain data that structured cloning keeps whole. */
export interface CollectorState extends GatheredCounts {
  readonly tap: string;
  /** Absent where no sample is to be solved on. */
  readonly moments?: Moments;
  readonly heldOut?: Moments;
}

/** Gathers the moments of one tap: its memory doesn't grow with the samples. */
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
  const sums: { fit?: MomentsAccumulator; heldOut?: MomentsAccumulator } = {};
  const keep = (side: 'fit' | 'heldOut', moments: Moments) => {
    sums[side] ??= createMomentsAccumulator(moments.inputMean.data.length, moments.targetMean.data.length);
    sums[side].merge(moments);
  };
  if (state) {
    const { moments, heldOut } = state;
    requireOwnState(tap, state, [moments, heldOut].flatMap(arraysOf), Float64Array);
    if (moments) keep('fit', moments);
    if (heldOut) keep('heldOut', heldOut);
  }
  const gathering = createGathering<Moments>(
    tap,
    { sizesOf, notFiniteSide, keep },
    { counts: countsOf(state), held: state?.moments ?? state?.heldOut },
  );
  return Object.assign(gathering, {
    keeps: 'moments' as const,
    state: () => ({
      tap,
      ...gathering.counts(),
      ...(sums.fit && { moments: sums.fit.moments() }),
      ...(sums.heldOut && { heldOut: sums.heldOut.moments() }),
    }),
    collected() {
      gathering.requireSamples();
      const { samples, heldOutSamples } = gathering.counts();
      return {
        moments: sums.fit!.moments(),
        ...(heldOutSamples > 0 && { heldOut: sums.heldOut!.moments() }),
        samples,
        heldOutSamples,
      };
    },
  });
}

function sizesOf({ inputMean, targetMean }: Moments): string {
  return `${inputMean.data.length} inputs and ${targetMean.data.length} targets`;
}

function arraysOf(moments: Moments | undefined): readonly unknown[] {
  if (!moments) return [];
  const { inputMean, targetMean, inputCovariance, crossCovariance, targetCovariance } = moments;
  return [inputMean, targetMean, inputCovariance, crossCovariance, targetCovariance].map(
    (part) => part?.data,
  );
}
