import type { ArmName } from '../experiment.js';
import { advantage, type Task } from '../results/result-line.js';
import { type ArmReport, scoresAt } from './arm-report.js';
import { type Interval, type PairedDifference, pairedDifference } from './statistics.js';

/** A side of a claim. `the fused` is the arm that {@link chosenFused} returns. */
export type Side = ArmName | 'the fused' | 'teacher';

/** A claim that one side of a comparison is better in one aspect. */
export interface Claim {
  /** The claim as a sentence without its full stop. */
  readonly words: string;
  readonly better: Side;
  readonly other: Side;
  /** Before training, after it, or on average over its epochs. */
  readonly when: 'start' | 'course' | 'end';
}

/** The claims about each student, in the order of tables. */
export const claims: readonly Claim[] = [
  { words: 'Fused starts better than random', better: 'the fused', other: 'random', when: 'start' },
  { words: 'Fused is ahead of random while training', better: 'the fused', other: 'random', when: 'course' },
  { words: 'Fused ends better than random', better: 'the fused', other: 'random', when: 'end' },
  { words: 'Fused starts better than inherited', better: 'the fused', other: 'inherited', when: 'start' },
  {
    words: 'Fused is ahead of inherited while training',
    better: 'the fused',
    other: 'inherited',
    when: 'course',
  },
  { words: 'Fused ends better than inherited', better: 'the fused', other: 'inherited', when: 'end' },
  { words: 'Fused starts better than composed', better: 'the fused', other: 'composed', when: 'start' },
  { words: 'Fused ends better than composed', better: 'the fused', other: 'composed', when: 'end' },
  {
    words: "Coupling 'full' starts better than 'independent'",
    better: 'fused',
    other: 'fused, independent',
    when: 'start',
  },
  {
    words: "Coupling 'full' ends better than 'independent'",
    better: 'fused',
    other: 'fused, independent',
    when: 'end',
  },
  { words: 'Refitting starts better than not', better: 'fused, refitted', other: 'fused', when: 'start' },
  { words: 'Refitting ends better than not', better: 'fused, refitted', other: 'fused', when: 'end' },
  {
    words: 'Fused ends better than random with distillation',
    better: 'the fused',
    other: 'random, distilled',
    when: 'end',
  },
  {
    words: 'With distillation, fused ends better than random',
    better: 'fused, refitted, distilled',
    other: 'random, distilled',
    when: 'end',
  },
  { words: 'Fused ends better than the teacher', better: 'the fused', other: 'teacher', when: 'end' },
];

/** Whether an interval confirms the claim that a difference is above a value. */
export type Verdict = 'holds' | 'reversed' | 'open';

/**
 * The least number of seeds for a verdict. Even if nothing made a difference, all of n differences would have
 * the same sign in 2 of 2^n cases, and the bootstrap interval would exclude 0: in one of four cases for three
 * seeds, in one of sixteen for five.
 */
export const fewestSeeds = 5;

/**
 * @param seeds The number of seeds that the interval was resampled from.
 * @param value The value that the interval must lie above: 0 for a difference, 1 for a ratio.
 */
export function verdictOf(interval: Interval | undefined, seeds: number, value = 0): Verdict {
  if (!interval || seeds < fewestSeeds) return 'open';
  if (interval.low > value) return 'holds';
  return interval.high < value ? 'reversed' : 'open';
}

/** Says what a verdict means for its claim, and how many seeds there are if they are too few. */
export function verdictWords(verdict: Verdict, seeds: number): string {
  switch (verdict) {
    case 'holds':
      return 'holds';
    case 'reversed':
      return "doesn't hold: the other way round";
    case 'open':
      return seeds < fewestSeeds ? tooFewWords(seeds) : "can't be told from these seeds";
  }
}

/** Says that there are too few seeds, as in "3 seeds are too few to tell". */
export function tooFewWords(seeds: number): string {
  return `${seeds === 1 ? '1 seed is' : `${seeds} seeds are`} too few to tell`;
}

/** A claim and its result in the trials. */
export interface ClaimReport extends Claim {
  /** The amount by which it is better; negative if it is worse. */
  readonly difference: PairedDifference;
  readonly verdict: Verdict;
}

/**
 * @param find Returns the arm that a side of the claim names.
 * @returns Undefined if an arm wasn't part of the experiment, or if no seed has both.
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
