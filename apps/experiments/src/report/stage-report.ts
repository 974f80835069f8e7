import { mean } from 'simple-statistics';
import type { ArmName } from '../arm.js';
import { arms as knownArms } from '../arm.js';
import type { Fusion } from '../experiment.js';
import type { Cost, FusionLine } from '../results/result-line.js';
import { advantage, type Task } from '../results/task.js';
import { type ArmReport, scoresAt } from './arm-report.js';
import { chosenFused } from './chosen-fused.js';
import { claims } from './claim.js';
import { type ClaimReport, claimReport } from './claim-report.js';
import { epochsToReach, type Reach, reachOf } from './epochs-to-reach.js';
import { type PairedDifference, pairedDifference } from './paired-difference.js';
import type { Placed } from './placed.js';

/** An arm beside the random one of its stage. */
export interface StudentReport extends ArmReport {
  readonly arm: ArmName;
  /** By how much it ends better than the random student. */
  readonly overRandom: PairedDifference | undefined;
  /** Until it is as good as the random student of the same seed is in the end. */
  readonly reachesRandom: Reach | undefined;
  /** Mean over trials; undefined where its start isn't solved for. */
  readonly heldOutRelativeMse: number | undefined;
}

/** The students of one fusion. */
export interface StageReport {
  /** Fusions done: from 1. */
  readonly stage: number;
  readonly fusion: Fusion;
  readonly cost: Cost | undefined;
  /** In the order of the experiment. */
  readonly arms: readonly StudentReport[];
  /** The arm that claims and the summary call the fused one. */
  readonly fused: ArmName | undefined;
  readonly claims: readonly ClaimReport[];
}

/** @param fusions Lines of trials of this stage. */
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
