import type { ArmName } from '../arm.js';
import { advantage, type Task } from '../results/task.js';
import type { ArmReport } from './arm-report.js';
import { curve } from './curve.js';
import type { Spread } from './spread.js';
import type { StageReport } from './stage-report.js';

/** The students of one stage, as they are drawn. */
export interface Panel {
  readonly title: string;
  readonly curves: readonly { readonly arm: ArmName; readonly points: readonly Spread[] }[];
  /** Arms whose deviation is drawn at each epoch; that of the others stands at the end alone. */
  readonly banded: readonly ArmName[];
  /** Mean score of the trained teacher. */
  readonly teacher: number | undefined;
  /** Of the scores' axis by epoch. */
  readonly domain: readonly [number, number];
  /** Of the scores' axis of the last epochs alone. */
  readonly endDomain: readonly [number, number];
  /** Arms that start too far off to be drawn without squeezing all else. */
  readonly startsOutside: readonly ArmName[];
}

/** @returns Undefined where no run of the stage is finished. */
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
 * Room for all that is trained, and for the starts that are at most as far from the best score again as the
 * worst of those is. An untrained network at 10 % would leave a few pixels for what the arms differ by in the
 * end.
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

/** The ends of ± one deviation. */
function within({ mean, deviation = 0 }: Spread): number[] {
  return [mean - deviation, mean + deviation];
}

/** From the least to the most, and a margin. */
function around(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low || Math.abs(high) || 1) * 0.06;
  return [low - margin, high + margin];
}
