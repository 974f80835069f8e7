import type { CalibrationRows } from '@fuseinit/core';
import {
  countsOf,
  createGathering,
  type GatheredCounts,
  type Gathering,
  sizesText,
} from './create-gathering.js';
import { createHeldOutRows, type HeldOutSample } from './create-held-out-rows.js';
import { heldOutArraysOf, requireOwnState } from './require-own-state.js';

/** Rows as devices hold them. */
export interface FloatRows extends CalibrationRows {
  /** [rows, patchSize] */
  readonly inputs: { readonly shape: readonly [number, number]; readonly data: Float32Array };
  /** [rows, outFeatures] */
  readonly targets: { readonly shape: readonly [number, number]; readonly data: Float32Array };
}

/** What a tap gave: rows to solve on, and rows of the samples held out. */
export interface CollectedRows extends Omit<GatheredCounts, 'batches'> {
  readonly rows: FloatRows;
  /** All held-out samples or a fair choice of them; absent when none was held out. */
  readonly heldOut?: CalibrationRows;
}

/** What a collector of rows held at some moment: plain data that structured cloning keeps whole. */
export interface RowsCollectorState extends GatheredCounts {
  readonly tap: string;
  /** To solve on, batch by batch. */
  readonly rows: readonly FloatRows[];
  readonly heldOut: readonly HeldOutSample[];
}

/**
 * Keeps the rows of one tap as they are: where there are fewer rows than inputs they are smaller than their moments, and
 * so is what is solved.
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
    const arrays = [...arraysOf(state.rows), ...heldOutArraysOf(state.heldOut)];
    requireOwnState(tap, state, arrays, Float32Array);
  }
  const kept = [...(state?.rows ?? [])];
  const heldOut = createHeldOutRows(state?.heldOut);
  const kind = { sizesOf, notFiniteSide, keep: (rows: FloatRows) => void kept.push(rows) };
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

/** Of what may be the state of another kind of collector. */
function arraysOf(batches: readonly FloatRows[]): readonly unknown[] {
  if (!Array.isArray(batches)) return [undefined];
  return batches.flatMap(({ inputs, targets }) => [inputs?.data, targets?.data]);
}

function sizesOf({ inputs, targets }: FloatRows): string {
  return sizesText(inputs.shape[1], targets.shape[1]);
}

function notFiniteSide({ inputs, targets }: FloatRows): 'input' | 'target' | undefined {
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
