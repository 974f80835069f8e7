import type { Plan, Planning, Trials } from '@fuseinit/planner';
import { CliError } from '../../program/cli-error.js';
import { error, percent } from '../../terminal/figures.js';
import { type Budget, costTried } from './budget.js';
import { costText } from './cost-text.js';

/** What was found out, to be told of a failure too. */
export interface Found {
  readonly text: string;
  readonly findings: object;
}

/**
 * The plan within a budget: as it turned out where plans were tried, else as predicted.
 *
 * @param front Of plans that fuse something.
 * @throws BUDGET_UNMET with how close it gets.
 */
export function choosePlan(
  budget: Budget,
  planning: Planning,
  front: readonly Plan[],
  trials: Trials | undefined,
  found: Found,
): Plan {
  if (front.length === 0) {
    throw new CliError('BUDGET_UNMET', `No fusion makes this network any cheaper in ${budget.cost}.`, found);
  }
  if (!trials) {
    const picked = budget.pick(front);
    if (picked) return picked;
    const { costs, outputRelativeMse } = budget.closest(front);
    throw unmet(budget, costs[budget.cost], planning.teacher[budget.cost], outputRelativeMse, {
      ...found,
      how: 'predicted',
    });
  }
  const picked = budget.pickTried(trials);
  if (picked) return picked.plan;
  const tried = budget.closestTried(trials);
  const ofTeacher = budget.cost === 'latency' ? trials.teacher.latency.median : planning.teacher[budget.cost];
  throw unmet(budget, costTried(tried, budget.cost), ofTeacher, tried.outputRelativeMse, {
    ...found,
    how: 'measured',
  });
}

function unmet(
  { cost, text }: Budget,
  value: number,
  ofTeacher: number,
  outputError: number,
  { how, ...found }: Found & { readonly how: 'predicted' | 'measured' },
): CliError {
  return new CliError(
    'BUDGET_UNMET',
    `No plan keeps to ${text}. The closest has ${costText(cost, value)} (${percent(value / ofTeacher)} of the teacher's) and an error of ${error(outputError)}, ${how}. Allow more, or train a smaller network.`,
    found,
  );
}
