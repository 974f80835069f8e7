import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The median of some measurements and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  /** The number of measurements. */
  readonly count: number;
}

/**
 * Returns the spread of measurements in any order. The median of an even number is the mean of the middle
 * two.
 *
 * @throws Error if there is no measurement.
 */
export function spreadOf(measurements: readonly number[]): Spread {
  const sorted = [...measurements].sort((a, b) => a - b);
  const { length } = sorted;
  if (length === 0) throw new Error('There are no measurements: at least one was expected.');
  const median = (sorted[Math.floor((length - 1) / 2)]! + sorted[Math.floor(length / 2)]!) / 2;
  return { median, lowest: sorted[0]!, highest: sorted[length - 1]!, count: length };
}

/** After this time, threads of a contender that spin while waiting for more work have given up. */
const restMs = 200;

export interface InterleaveOptions {
  /** The number of rounds that count. */
  readonly repeats: number;
  /** The number of rounds before them that don't count. Default 1. */
  readonly warmUps?: number;
  /**
   * Rounds that begin within this many milliseconds don't count either, since engines still compile. Default
   * 0.
   */
  readonly warmMs?: number;
  /** The rest between turns in milliseconds. Default 200. */
  readonly rest?: number;
}

/**
 * Lets contenders take turns, round after round, so that other load on the machine affects all of them alike.
 * Garbage of earlier turns is collected between them.
 *
 * @returns The results of each contender's turns, without those of warm-up rounds.
 */
export async function interleave<Outcome>(
  contenders: readonly (() => Promise<Outcome>)[],
  { repeats, warmUps = 1, warmMs = 0, rest = restMs }: InterleaveOptions,
): Promise<Outcome[][]> {
  const outcomes = contenders.map((): Outcome[] => []);
  const start = performance.now();
  let counted = 0;
  for (let round = 0; counted < repeats; round++) {
    const counts = round >= warmUps && performance.now() - start >= warmMs;
    if (counts) counted++;
    for (const [index, contender] of contenders.entries()) {
      collectGarbage();
      const outcome = await contender();
      if (counts) outcomes[index]!.push(outcome);
      await setTimeout(rest);
    }
  }
  return outcomes;
}

setFlagsFromString('--expose-gc');

/** Collects the garbage of earlier turns, so that no later turn pays for it. */
export const collectGarbage = runInNewContext('gc') as () => void;
