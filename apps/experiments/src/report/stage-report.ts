import { mean, median } from 'simple-statistics';
import { type ArmName, type Fusion, arms as knownArms } from '../experiment.js';
import { advantage, type Cost, type FusionLine, type Task } from '../results/result-line.js';
import { type ArmReport, scoresAt } from './arm-report.js';
import { type ClaimReport, claimReport, claims } from './claims.js';
import type { Placed } from './read-results.js';
import { type PairedDifference, pairedDifference } from './statistics.js';

/** How soon the runs of an arm reach the final score of others. */
export interface Reach {
  /**
   * The median number of epochs, where runs that never reached it count as longest; undefined if the median
   * run never did.
   */
  readonly median: number | undefined;
  /** The number of runs that reached it. */
  readonly reached: number;
  readonly of: number;
}

/**
 * Returns the first epoch whose score is no worse than `target`.
 *
 * @param scores The score of each epoch; epoch 0 is before training.
 * @returns Undefined if there is none.
 */
export function epochsToReach(task: Task, scores: readonly number[], target: number): number | undefined {
  const epoch = scores.findIndex((score) => advantage(task, score, target) >= 0);
  return epoch < 0 ? undefined : epoch;
}

/** @param epochs The epochs of each run; undefined for a run that never reached it. */
export function reachOf(epochs: readonly (number | undefined)[]): Reach | undefined {
  if (epochs.length === 0) return undefined;
  const middle = median(epochs.map((epoch) => epoch ?? Number.POSITIVE_INFINITY));
  return {
    median: Number.isFinite(middle) ? middle : undefined,
    reached: epochs.filter((epoch) => epoch !== undefined).length,
    of: epochs.length,
  };
}

// The arm with independent channels isn't a candidate: it is there for comparison.
const candidates: readonly ArmName[] = ['fused', 'fused, refitted'];

/**
 * Chooses the arm that represents fusion: of the arms trained on labels alone, the best on the validation
 * samples of the tuning seeds. Trials aren't used, since the better of two on them would be better than each
 * by luck alone.
 *
 * @returns The last candidate if tuning can't decide; undefined if there is none.
 */
function chosenFused(task: Task, arms: readonly ArmReport[]): ArmName | undefined {
  const fused = arms.filter(({ arm }) => candidates.includes(arm as ArmName));
  const tuned = fused.filter((report) => !Number.isNaN(validation(report)));
  const best = tuned.reduce<ArmReport | undefined>(
    (best, report) => (best && advantage(task, validation(report), validation(best)) <= 0 ? best : report),
    undefined,
  );
  return (best ?? fused.at(-1))?.arm as ArmName | undefined;
}

function validation({ tuning }: ArmReport): number {
  return tuning?.candidates.find(({ rate }) => rate === tuning.rate)?.validation ?? Number.NaN;
}

/** An arm compared with the random arm of its stage. */
export interface StudentReport extends ArmReport {
  readonly arm: ArmName;
  /** The amount by which it ends better than the random student. */
  readonly overRandom: PairedDifference | undefined;
  /** The epochs until it reaches the final score of the random student with the same seed. */
  readonly reachesRandom: Reach | undefined;
  /** The mean over trials; undefined if its start isn't solved. */
  readonly heldOutRelativeMse: number | undefined;
}

/** The students of one fusion. */
export interface StageReport {
  /** The number of fusions done, from 1. */
  readonly stage: number;
  readonly fusion: Fusion;
  readonly cost: Cost | undefined;
  /** The arms in the order of the experiment. */
  readonly arms: readonly StudentReport[];
  /** The arm that claims and the summary call the fused one. */
  readonly fused: ArmName | undefined;
  readonly claims: readonly ClaimReport[];
}

/** @param fusions The lines of this stage's trials. */
export function stageReport(
  stage: number,
  fusion: Fusion,
  arms: readonly ArmReport[],
  teacher: ArmReport | undefined,
  fusions: readonly Placed<FusionLine>[],
  task: Task,
): StageReport {
  const fused = chosenFused(task, arms);
  const named = (name: string | undefined) => arms.find(({ arm }) => arm === name);
  return {
    stage,
    fusion,
    cost: fusions[0]?.line.student,
    arms: arms.map((report) => studentReport(report, named('random'), fusions, task)),
    fused,
    claims: claims.flatMap((claim) => {
      const report = claimReport(claim, task, (side) => {
        if (side === 'teacher') return teacher;
        return named(side === 'the fused' ? fused : side);
      });
      return report ? [report] : [];
    }),
  };
}

function studentReport(
  report: ArmReport,
  random: ArmReport | undefined,
  fusions: readonly Placed<FusionLine>[],
  task: Task,
): StudentReport {
  const arm = report.arm as ArmName;
  const { start } = knownArms.find(({ name }) => name === arm)!;
  const errors = fusions
    .filter(({ line }) => line.start === start)
    .flatMap(({ line }) => line.heldOutRelativeMse ?? []);
  const targets = scoresAt(random?.trials ?? [], 'end');
  const paired = report.trials.filter(({ seed }) => targets.has(seed));
  return {
    ...report,
    arm,
    overRandom:
      arm === 'random'
        ? undefined
        : pairedDifference(scoresAt(report.trials, 'end'), targets, (score, other) =>
            advantage(task, score, other),
          ),
    reachesRandom: reachOf(paired.map(({ seed, scores }) => epochsToReach(task, scores, targets.get(seed)!))),
    heldOutRelativeMse: errors.length > 0 ? mean(errors) : undefined,
  };
}
