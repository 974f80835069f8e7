import type { ArmName } from '../experiment.js';
import type { Cost } from '../results/result-line.js';
import { type ArmReport, scoresAt } from './arm-report.js';
import { type Verdict, verdictOf } from './claims.js';
import type { StageReport } from './stage-report.js';
import { type DeviationRatio, deviationRatio, type Spread } from './statistics.js';

/** The claims about the ratio of deviations, by the network in its denominator. */
export const sensitivityClaims = {
  teacher: 'A random student spreads more over seeds than its teacher',
  random: 'A fused student spreads less over seeds than a random one',
} as const;

/** How much a network's final score depends on its initial weights. */
export interface Sensitivity {
  /** The stage; 0 for the teacher. */
  readonly stage: number;
  readonly arm: ArmName | 'teacher';
  readonly depth: number | undefined;
  readonly end: Spread;
  /**
   * Its deviation over that of the network that it is compared with: the teacher, or the random student if it
   * is fused.
   */
  readonly ratio: (DeviationRatio & { readonly to: keyof typeof sensitivityClaims }) | undefined;
  /**
   * The verdict on the claim that a random student spreads more than its teacher, or a fused student less
   * than a random one.
   */
  readonly verdict: Verdict | undefined;
}

/**
 * Returns the teacher, and the random and the fused student of each stage. Each is as deep as its stage
 * leaves it.
 *
 * @param depthOfTeacher Undefined if no line has it.
 */
export function sensitivities(
  teacher: ArmReport | undefined,
  stages: readonly StageReport[],
  depthOfTeacher: Cost['depth'] | undefined,
): Sensitivity[] {
  const rows: Sensitivity[] = [];
  const add = (
    stage: number,
    depth: number | undefined,
    report: ArmReport | undefined,
    other?: ArmReport | undefined,
  ) => {
    if (!report?.end) return;
    const ratio = other && deviationRatio(scoresAt(report.trials, 'end'), scoresAt(other.trials, 'end'));
    const to = report.arm === 'random' ? 'teacher' : 'random';
    rows.push({
      stage,
      arm: report.arm,
      depth,
      end: report.end,
      ratio: ratio && { ...ratio, to },
      verdict: ratio && verdictOfRatio(ratio, to),
    });
  };
  add(0, depthOfTeacher, teacher);
  for (const { stage, cost, arms, fused } of stages) {
    const random = arms.find(({ arm }) => arm === 'random');
    add(stage, cost?.depth, random, teacher);
    add(
      stage,
      cost?.depth,
      arms.find(({ arm }) => arm === fused),
      random,
    );
  }
  return rows;
}

function verdictOfRatio({ interval, seeds }: DeviationRatio, to: keyof typeof sensitivityClaims): Verdict {
  const above = verdictOf(interval, seeds.length, 1);
  if (to === 'teacher' || above === 'open') return above;
  return above === 'holds' ? 'reversed' : 'holds';
}
