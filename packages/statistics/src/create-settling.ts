import type { AffineMap, LinearAlgebra, PatchGeometry } from '@fuseinit/core';
import {
  createSampleRows,
  fewestSamples,
  type SampleRowsSet,
  type SampleRowsState,
  type ShapedNumbers,
} from './create-sample-rows.js';
import { sampleErrors, targetVariance } from './sample-errors.js';

/** What one solution was worth on held-out samples. */
export interface SettlingRound {
  /** Samples that had come, held out or not. */
  readonly samples: number;
  /** On the held-out rows that were kept, over the variance of their targets. */
  readonly heldOutRelativeMse: number;
  /** Of `heldOutRelativeMse`; positions of one sample count as one. */
  readonly standardError: number;
}

/** How a layer's held-out error went as samples came. */
export interface SettlingReport {
  readonly rounds: readonly SettlingRound[];
  /** Whether more samples would change little; else the data ran out. */
  readonly settled: boolean;
}

/** What a {@link Settling} held: plain data that structured cloning keeps whole. */
export interface SettlingState extends SettlingReport {
  readonly rows: SampleRowsState;
  readonly map?: AffineMap;
}

/** A round that was judged and isn't recorded yet. */
export interface JudgedRound {
  readonly round: SettlingRound;
  readonly settled: boolean;
  readonly map: AffineMap;
}

/** Watches one layer's held-out error while samples come, to tell when more of them would change little. */
export interface Settling extends Pick<SampleRowsSet, 'wants'> {
  /** Keeps rows of held-out samples, as {@link SampleRowsSet} does. */
  keep(first: number, input: ShapedNumbers, target: ShapedNumbers, geometry: PatchGeometry | null): void;
  /** Whether there are rows of two samples, the fewest that have a standard error. */
  canJudge(): boolean;
  /** Compares a solution with the last round's on the same held-out rows. */
  judge(samples: number, map: AffineMap, linearAlgebra: LinearAlgebra): Promise<JudgedRound>;
  record(judged: JudgedRound): void;
  report(): SettlingReport;
  /** Frees the rows: only the report is left. */
  release(): void;
  /** A copy of all that it holds, for {@link createSettling} to go on from. */
  state(): SettlingState;
}

/** Of the error: what more samples would gain is about what the last doubling gained. */
const littleChange = 0.01;
/** Of the variance of the targets: what float32 moments can't tell from 0. */
const noError = 1e-6;

/**
 * A watch that has seen nothing, or what another one held.
 *
 * A round ends when the samples have doubled. What few samples cost falls as one over their number, so that the last
 * doubling gained as much as all further ones will. It has settled when that is at most 1 % of the error, two standard
 * errors added: of the differences between the two solutions, paired by sample, so that what both miss doesn't blur
 * them. An error that rose hasn't settled either: data in some order then still bring what wasn't there before.
 */
export function createSettling(state?: SettlingState): Settling {
  const rows = createSampleRows(state?.rows);
  const rounds = [...(state?.rounds ?? [])];
  let settled = state?.settled ?? false;
  let last = state?.map;
  return {
    wants: rows.wants,
    keep: rows.add,
    canJudge: () => rows.samples.length > 1,
    async judge(samples, map, linearAlgebra) {
      const kept = rows.samples;
      const errors = await sampleErrors(kept, map, linearAlgebra);
      const variance = targetVariance(kept, map.bias.data.length);
      const error = meanOf(errors);
      const round = {
        samples,
        heldOutRelativeMse: error.mean / variance,
        standardError: error.standardError / variance,
      };
      if (!last || kept.length < fewestSamples) return { round, settled: false, map };
      const before = await sampleErrors(kept, last, linearAlgebra);
      const change = meanOf(before.map((value, index) => value - errors[index]!));
      const most = Math.max(littleChange * error.mean, noError * variance);
      return { round, settled: Math.abs(change.mean) + 2 * change.standardError <= most, map };
    },
    record(judged) {
      rounds.push(judged.round);
      ({ settled, map: last } = judged);
    },
    report: () => ({ rounds: [...rounds], settled }),
    release() {
      rows.clear();
      last = undefined;
    },
    state: () => ({ rows: rows.state(), rounds: [...rounds], settled, ...(last && { map: last }) }),
  };
}

/** The mean of numbers and the standard error of that mean. */
function meanOf(values: Float64Array): { mean: number; standardError: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) };
}
