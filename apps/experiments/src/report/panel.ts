import type { ArmName } from '../experiment.js';
import { advantage, type Task } from '../results/result-line.js';
import type { ArmReport, Trial } from './arm-report.js';
import type { StageReport } from './stage-report.js';
import { type Spread, spread } from './statistics.js';

/** Returns the spread over trials of the score of each epoch; epoch 0 is before training. */
function curve(trials: readonly Trial[]): Spread[] {
  const epochs = trials[0]?.scores.length ?? 0;
  return Array.from({ length: epochs }, (_, epoch) => spread(trials.map(({ scores }) => scores[epoch]!))!);
}

/** The students of one stage, as they are drawn. */
export interface Panel {
  readonly title: string;
  readonly curves: readonly { readonly arm: ArmName; readonly points: readonly Spread[] }[];
  /** The arms whose deviation is drawn at each epoch; that of the others is drawn at the end only. */
  readonly banded: readonly ArmName[];
  /** The mean score of the trained teacher. */
  readonly teacher: number | undefined;
  /** The domain of the axis of scores by epoch. */
  readonly domain: readonly [number, number];
  /** The domain of the axis of final scores. */
  readonly endDomain: readonly [number, number];
  /** The arms whose starts are too far off to be drawn. */
  readonly startsOutside: readonly ArmName[];
}

/** @returns Undefined if no run of the stage is finished. */
export function panelOf(stage: StageReport, teacher: ArmReport | undefined, task: Task): Panel | undefined {
  const curves = stage.arms.flatMap(({ arm, trials }) =>
    trials.length > 0 ? [{ arm, points: curve(trials) }] : [],
  );
  if (curves.length === 0) return undefined;
  const rule = teacher?.end ? [teacher.end.mean] : [];
  const domain = domainOf(
    curves.map(({ points }) => points),
    rule,
    task,
  );
  const { cost, fusion } = stage;
  const depth = cost ? `depth ${cost.depth}: ` : '';
  return {
    title: `${depth}${fusion.from} and ${fusion.to} are one`,
    curves,
    banded: curves.map(({ arm }) => arm).filter((arm) => arm === 'random' || arm === stage.fused),
    teacher: teacher?.end?.mean,
    domain,
    endDomain: around([...curves.flatMap(({ points }) => within(points.at(-1)!)), ...rule]),
    startsOutside: curves
      .filter(({ points: [start] }) => start!.mean < domain[0] || start!.mean > domain[1])
      .map(({ arm }) => arm),
  };
}

/**
 * Returns a domain for all trained scores, and for those starts whose distance from the best score is at most
 * twice that of the worst trained score. An untrained network at 10 % would leave only a few pixels for the
 * differences between the arms.
 */
function domainOf(
  curves: readonly (readonly Spread[])[],
  rule: readonly number[],
  task: Task,
): [number, number] {
  const trained = [...curves.flatMap((points) => points.slice(1).flatMap(within)), ...rule];
  const best = trained.reduce((best, score) => (advantage(task, score, best) > 0 ? score : best));
  const worst = trained.reduce((worst, score) => (advantage(task, score, worst) < 0 ? score : worst));
  const shown = curves.flatMap(([start]) =>
    advantage(task, best, start!.mean) <= 2 * advantage(task, best, worst) ? [start!.mean] : [],
  );
  return around([...trained, ...shown]);
}

/** Returns the ends of ± one deviation. */
function within({ mean, deviation = 0 }: Spread): number[] {
  return [mean - deviation, mean + deviation];
}

/** Returns the range of the values with a margin. */
function around(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low || Math.abs(high) || 1) * 0.06;
  return [low - margin, high + margin];
}
