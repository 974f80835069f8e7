import {
  type CostName,
  type Costs,
  type Plan,
  type Trials,
  type TriedPlan,
  withinBudget,
  withinError,
} from '@fuseinit/planner';
import { percent, error as toldError } from '../../terminal/figures.js';
import { costText } from './cost-text.js';

/** What a plan is held down in: one cost, or the error. */
export type BudgetAsked =
  | { readonly of: Exclude<CostName, 'multiplyAdds'>; readonly amount: Amount }
  | { readonly of: 'error'; readonly most: number };

/** An absolute figure, seconds for a latency, or a share of the teacher's. */
export interface Amount {
  readonly value: number;
  readonly isShare: boolean;
}

export interface Budget {
  /** The cost that plans are compared in. */
  readonly cost: CostName;
  /** In words. */
  readonly text: string;
  /** The best of the front that is predicted to be within. */
  pick(front: readonly Plan[]): Plan | undefined;
  /** Where none is within: the one that misses it by the least. */
  closest(front: readonly Plan[]): Plan;
  /** Where plans are that keep to it more surely: before others in a front, or after. */
  readonly safer: -1 | 1;
  /** The best of those tried that turned out to be within. */
  pickTried(trials: Trials): TriedPlan | undefined;
  /** Where none did: the one that missed it by the least. */
  closestTried(trials: Trials): TriedPlan;
}

export function budgetOf(asked: BudgetAsked, teacher: Costs): Budget {
  return asked.of === 'error' ? errorBudget(asked.most) : costBudget(asked.of, asked.amount, teacher);
}

function errorBudget(most: number): Budget {
  return {
    cost: 'latency',
    text: `a relative MSE of the output of at most ${toldError(most)}`,
    pick: (front) => withinError(front, most),
    closest: (front) => front.at(-1)!,
    safer: 1,
    pickTried: ({ plans }) =>
      leastBy(
        plans.filter(({ outputRelativeMse }) => outputRelativeMse <= most),
        ({ latency }) => latency.median,
      ),
    closestTried: ({ plans }) => leastBy(plans, ({ outputRelativeMse }) => outputRelativeMse)!,
  };
}

function costBudget(cost: CostName, { value, isShare }: Amount, teacher: Costs): Budget {
  const most = isShare ? value * teacher[cost] : value;
  const share = isShare ? `, ${percent(value)} of the teacher's` : '';
  return {
    cost,
    text: `${costText(cost, most)}${share}`,
    pick: (front) => withinBudget(front, cost, most),
    closest: (front) => front[0]!,
    safer: -1,
    closestTried: ({ plans }) => leastBy(plans, (tried) => costTried(tried, cost))!,
    pickTried({ plans, teacher: { latency } }) {
      // Times of a while ago were of another machine, as it were: a share is of the teacher's beside the students'.
      const limit = cost === 'latency' && isShare ? value * latency.median : most;
      return leastBy(
        plans.filter((each) => costTried(each, cost) <= limit),
        ({ outputRelativeMse }) => outputRelativeMse,
      );
    },
  };
}

/** As it turned out. */
export function costTried({ report, latency }: TriedPlan, cost: CostName): number {
  return cost === 'latency' ? latency.median : report.student[cost];
}

function leastBy<T>(items: readonly T[], of: (item: T) => number): T | undefined {
  return items.reduce<T | undefined>(
    (best, item) => (best === undefined || of(item) < of(best) ? item : best),
    undefined,
  );
}
