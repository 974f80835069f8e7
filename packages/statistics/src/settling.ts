import {
  type AffineMap,
  type CalibrationRows,
  errorOfSamples,
  type LinearAlgebra,
  measureAffine,
} from '@fuseinit/core';
import { fewestSamples } from './held-out-rows.js';

/** The held-out error of one solution. */
export interface SettlingRound {
  /** Samples that had been collected, held out or not. */
  readonly samples: number;
  /** On the held-out rows that were kept, over the variance of their targets. */
  readonly heldOutRelativeMse: number;
  /** The standard error of `heldOutRelativeMse`; positions of one sample count as one. */
  readonly standardError: number;
}

/** The course of a layer's held-out error as samples were collected. */
export interface SettlingReport {
  readonly rounds: readonly SettlingRound[];
  /** Whether more samples would change little; else the data ran out. */
  readonly settled: boolean;
}

/** The contents of a {@link Settling}: plain data that structured cloning preserves. */
export interface SettlingState extends SettlingReport {
  readonly map?: AffineMap;
}

/** A round that was judged and isn't recorded yet. */
export interface JudgedRound {
  readonly round: SettlingRound;
  readonly settled: boolean;
  readonly map: AffineMap;
}

/** Watches one layer's held-out error while samples come, to tell when more of them would change little. */
export interface Settling {
  /** Compares a solution with the last round's on the same held-out rows, of two samples or more. */
  judge(
    samples: number,
    map: AffineMap,
    heldOut: CalibrationRows,
    linearAlgebra: LinearAlgebra,
  ): Promise<JudgedRound>;
  record(judged: JudgedRound): void;
  report(): SettlingReport;
  /** Forgets the last solution: only the report is left. */
  release(): void;
  /** A copy of all that it holds, for {@link createSettling} to go on from. */
  state(): SettlingState;
}

/**
 * The largest change, as a share of the error: more samples would gain about as much as the last doubling.
 */
const littleChange = 0.01;
/** The share of the variance of the targets that float32 moments can't tell from 0. */
const noError = 1e-6;

/**
 * A watch that has seen nothing, or what another one held.
 *
 * A round ends when the samples have doubled. What few samples cost falls as one over their number, so that
 * the last doubling gained as much as all further ones will. It has settled when that is at most 1 % of the
 * error, two standard errors added: of the differences between the two solutions, paired by sample, so that
 * what both miss doesn't blur them. An error that rose hasn't settled either: data in some order then still
 * bring what wasn't there before.
 */
export function createSettling(state?: SettlingState): Settling {
  const rounds = [...(state?.rounds ?? [])];
  let settled = state?.settled ?? false;
  let last = state?.map;
  return {
    async judge(samples, map, heldOut, linearAlgebra) {
      const { relativeMse, standardError, sampleErrors } = await measureAffine(heldOut, map, linearAlgebra);
      const round = { samples, heldOutRelativeMse: relativeMse, standardError: standardError! };
      if (!last || samplesIn(heldOut) < fewestSamples) return { round, settled: false, map };
      const before = await measureAffine(heldOut, last, linearAlgebra);
      const change = errorOfSamples(
        before.sampleErrors.map((error, index) => error - sampleErrors[index]!),
        heldOut.targets,
      );
      const most = Math.max(littleChange * relativeMse, noError);
      return { round, settled: Math.abs(change.relativeMse) + 2 * change.standardError! <= most, map };
    },
    record(judged) {
      rounds.push(judged.round);
      ({ settled, map: last } = judged);
    },
    report: () => ({ rounds: [...rounds], settled }),
    release() {
      last = undefined;
    },
    state: () => ({ rounds: [...rounds], settled, ...(last && { map: last }) }),
  };
}

/** Samples that rows are of. */
function samplesIn({ inputs, rowsPerSample = 1 }: CalibrationRows): number {
  return inputs.shape[0]! / rowsPerSample;
}

/** The means to find out that more samples would change little. */
export interface SettleOptions {
  /** One for each tap. They end their rounds together, and the collection ends when all have settled. */
  readonly watches: readonly Settling[];
  /** Samples of the first round, as {@link firstRound} has it; each further one ends at twice as many. */
  readonly firstRound: number;
  /** Solves for the tap of this index, from what its collector holds so far. */
  readonly solve: (tap: number) => Promise<AffineMap>;
  readonly linearAlgebra: LinearAlgebra;
}

/** Samples at which the round at hand ends. */
export function roundEnd({ watches, firstRound }: SettleOptions): number {
  return firstRound * 2 ** watches[0]!.report().rounds.length;
}

/**
 * Ends a round: solves every tap and compares with its last solution. At the end of the data the round may be
 * shorter; its error is reported, but nothing can have settled in it.
 *
 * @param heldOut The held-out rows of each tap.
 * @returns whether all have settled.
 */
export async function settleRound(
  options: SettleOptions,
  samples: number,
  heldOut: readonly (CalibrationRows | undefined)[],
): Promise<boolean> {
  const { watches, solve, linearAlgebra } = options;
  const isOver = watches.some((watch) => watch.report().rounds.at(-1)?.samples === samples);
  // Two samples are the fewest that have a standard error.
  if (isOver || !heldOut.every((rows) => rows && samplesIn(rows) > 1)) return false;
  const isWhole = samples >= roundEnd(options);
  const judged: JudgedRound[] = [];
  for (const [tap, watch] of watches.entries()) {
    const round = await watch.judge(samples, await solve(tap), heldOut[tap]!, linearAlgebra);
    judged.push(isWhole ? round : { ...round, settled: watch.report().settled });
  }
  // All or none: after an error the round is judged anew.
  for (const [tap, round] of judged.entries()) watches[tap]!.record(round);
  return isWhole && judged.every(({ settled }) => settled);
}

/**
 * Samples of the first round of a {@link Settling}: four rows to solve on for each input, since a solution
 * from fewer says little about the next; 128 at least; and as many as hold out eight.
 *
 * @param heldOut Share of the samples held out, above 0.
 */
export function firstRound(options: {
  readonly patchSize: number;
  readonly rowsPerSample: number;
  readonly heldOut: number;
}): number {
  const { patchSize, rowsPerSample, heldOut } = options;
  const forRows = (4 * patchSize) / (rowsPerSample * (1 - heldOut));
  return Math.ceil(Math.max(128, forRows, (fewestSamples + 1) / heldOut));
}
