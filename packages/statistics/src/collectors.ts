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
  heldOutArraysOf,
  requireOwnState,
  sizesText,
} from './gathering.js';
import { createHeldOutRows, type HeldOutSample } from './held-out-rows.js';

/** A tap's moments to solve on, and its rows of samples held out. */
export interface CollectedMoments extends Omit<GatheredCounts, 'batches'> {
  readonly moments: Moments;
  /** All held-out samples or a fair choice of them; absent when none was held out. */
  readonly heldOut?: CalibrationRows;
}

/** The contents of a collector at some moment: plain data that structured cloning preserves. */
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
    const arrays = 'rows' in state ? [undefined] : momentsArrays(state.moments);
    requireOwnState(tap, state, arrays, Float64Array);
    requireOwnState(tap, state, heldOutArraysOf(state.heldOut), Float32Array);
    if (state.moments) keep(state.moments);
  }
  const heldOut = createHeldOutRows(state?.heldOut);
  const gathering = createGathering<Moments>(tap, { sizesOf: momentsSizes, notFiniteSide, keep }, heldOut, {
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

function momentsSizes({ inputMean, targetMean }: Moments): string {
  return sizesText(inputMean.data.length, targetMean.data.length);
}

function momentsArrays(moments: Moments | undefined): readonly unknown[] {
  if (!moments) return [];
  const { inputMean, targetMean, inputCovariance, crossCovariance, targetCovariance } = moments;
  return [inputMean, targetMean, inputCovariance, crossCovariance, targetCovariance].map(
    (part) => part?.data,
  );
}

/** Rows as devices hold them. */
export interface FloatRows extends CalibrationRows {
  /** [rows, patchSize] */
  readonly inputs: { readonly shape: readonly [number, number]; readonly data: Float32Array };
  /** [rows, outFeatures] */
  readonly targets: { readonly shape: readonly [number, number]; readonly data: Float32Array };
}

/** A tap's rows to solve on, and its rows of samples held out. */
export interface CollectedRows extends Omit<GatheredCounts, 'batches'> {
  readonly rows: FloatRows;
  /** All held-out samples or a fair choice of them; absent when none was held out. */
  readonly heldOut?: CalibrationRows;
}

/** The contents of a collector of rows at some moment: plain data that structured cloning preserves. */
export interface RowsCollectorState extends GatheredCounts {
  readonly tap: string;
  /** To solve on, batch by batch. */
  readonly rows: readonly FloatRows[];
  readonly heldOut: readonly HeldOutSample[];
}

/**
 * Keeps the rows of one tap as they are: where there are fewer rows than inputs they are smaller than their
 * moments, and so is what is solved.
 */
export interface RowsCollector extends Gathering<FloatRows> {
  readonly keeps: 'rows';
  /** All that was gathered, for {@link createRowsCollector} to go on from. */
  state(): RowsCollectorState;
  /** @throws CALIBRATION_DATA_EMPTY when no sample came to solve on. */
  collected(): CollectedRows;
}

/**
 * A collector of rows for the tap of this name: empty, or holding what another one held.
 *
 * @throws CHECKPOINT_MISMATCH when the state is of another tap, or of no collector of rows.
 */
export function createRowsCollector(tap: string, state?: RowsCollectorState): RowsCollector {
  if (state) {
    const arrays = [...rowsArrays(state.rows), ...heldOutArraysOf(state.heldOut)];
    requireOwnState(tap, state, arrays, Float32Array);
  }
  const kept = [...(state?.rows ?? [])];
  const heldOut = createHeldOutRows(state?.heldOut);
  const kind = {
    sizesOf: rowsSizes,
    notFiniteSide: notFiniteRows,
    keep: (rows: FloatRows) => void kept.push(rows),
  };
  const gathering = createGathering<FloatRows>(tap, kind, heldOut, {
    counts: countsOf(state),
    held: kept[0],
  });
  return Object.assign(gathering, {
    keeps: 'rows' as const,
    state: () => ({ tap, ...gathering.counts(), rows: [...kept], heldOut: heldOut.samples }),
    collected() {
      gathering.requireSamples();
      const { samples, heldOutSamples } = gathering.counts();
      const heldOutRows = heldOut.rows();
      return {
        rows: joined(kept),
        ...(heldOutRows && { heldOut: heldOutRows }),
        samples,
        heldOutSamples,
      };
    },
  });
}

/** The arrays of a state, which may be that of another kind of collector. */
function rowsArrays(batches: readonly FloatRows[]): readonly unknown[] {
  if (!Array.isArray(batches)) return [undefined];
  return batches.flatMap(({ inputs, targets }) => [inputs?.data, targets?.data]);
}

function rowsSizes({ inputs, targets }: FloatRows): string {
  return sizesText(inputs.shape[1], targets.shape[1]);
}

function notFiniteRows({ inputs, targets }: FloatRows): 'input' | 'target' | undefined {
  if (!inputs.data.every(Number.isFinite)) return 'input';
  return targets.data.every(Number.isFinite) ? undefined : 'target';
}

function joined(batches: readonly FloatRows[]): FloatRows {
  return {
    inputs: stacked(batches.map(({ inputs }) => inputs)),
    targets: stacked(batches.map(({ targets }) => targets)),
  };
}

function stacked(parts: readonly FloatRows['inputs'][]): FloatRows['inputs'] {
  const columns = parts[0]!.shape[1];
  const rows = parts.reduce((sum, { shape }) => sum + shape[0], 0);
  const data = new Float32Array(rows * columns);
  let start = 0;
  for (const part of parts) {
    data.set(part.data, start);
    start += part.data.length;
  }
  return { shape: [rows, columns], data };
}
