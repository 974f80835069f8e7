import { advantage, type Task } from '../results/task.js';
import { type ArmReport, scoresAt } from './arm-report.js';
import type { Claim, Side } from './claim.js';
import { type PairedDifference, pairedDifference } from './paired-difference.js';
import { type Verdict, verdictOf } from './verdict.js';

/** A claim, held to the trials. */
export interface ClaimReport extends Claim {
  /** By how much it is better; negative where it is worse. */
  readonly difference: PairedDifference;
  readonly verdict: Verdict;
}

/**
 * @param find The arm that a side of the claim means.
 * @returns Undefined where an arm wasn't part of the experiment, or where no seed has both.
 */
export function claimReport(
  claim: Claim,
  task: Task,
  find: (side: Side) => ArmReport | undefined,
): ClaimReport | undefined {
  const [better, other] = [find(claim.better), find(claim.other)];
  if (!better || !other) return undefined;
  const difference = pairedDifference(
    scoresAt(better.trials, claim.when),
    scoresAt(other.trials, claim.when),
    (score, others) => advantage(task, score, others),
  );
  if (!difference) return undefined;
  return { ...claim, difference, verdict: verdictOf(difference.interval, difference.seeds.length) };
}
