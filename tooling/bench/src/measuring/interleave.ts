import { setTimeout } from 'node:timers/promises';
import { collectGarbage } from './collect-garbage.js';

/** Threads of a contender that wait for more work by spinning have given up by then. */
const restMs = 200;

export interface InterleaveOptions {
  /** Rounds that count. */
  readonly repeats: number;
  /** Rounds before them that don't. Default 1. */
  readonly warmUps?: number;
  /** Rounds that begin within so many milliseconds don't count either: engines still compile. Default 0. */
  readonly warmMs?: number;
  /** Milliseconds between turns. Default 200. */
  readonly rest?: number;
}

/**
 * Lets contenders take turns, round after round, so that whatever else the machine does falls on all of them
 * alike. What earlier turns left in this process is collected between them.
 *
 * @returns For each contender what its turns gave, without those of rounds that warm up.
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
