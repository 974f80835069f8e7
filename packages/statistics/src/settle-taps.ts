import type { AffineMap, CalibrationRows, LinearAlgebra } from '@fuseinit/core';
import { type JudgedRound, type Settling, samplesIn } from './create-settling.js';

/** How to tell that more samples would change little. */
export interface SettleOptions {
  /** For each tap its own. They end their rounds together, and the collection ends when all have settled. */
  readonly watches: readonly Settling[];
  /** Samples of the first round, as {@link firstRound} has it; each further one ends at twice as many. */
  readonly firstRound: number;
  /** Solves what the collector of a tap, by its place, has so far. */
  readonly solve: (tap: number) => Promise<AffineMap>;
  readonly linearAlgebra: LinearAlgebra;
}

/** Samples at which the round at hand ends. */
export function roundEnd({ watches, firstRound }: SettleOptions): number {
  return firstRound * 2 ** watches[0]!.report().rounds.length;
}

/**
 * Ends a round: solves every tap and compares with its last solution. At the end of the data the round may be shorter;
 * its error is told, but nothing can have settled in it.
 *
 * @param heldOut Of each tap.
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
