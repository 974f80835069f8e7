import type { CostName, Costs } from '../costs/costs.js';
import { withinBudget, withinError } from '../plan/pick-plan.js';
import type { Plan } from '../plan/plan.js';
import type { Trials, TriedPlan } from '../try/trials.js';

/** What a plan is held down in: one cost, or the relative MSE of the network's output. */
export type Budget =
  | { readonly of: Exclude<CostName, 'multiplyAdds'>; readonly amount: Amount }
  | { readonly of: 'error'; readonly most: number };

/** An absolute figure, seconds for a latency, or a share of the teacher's. */
export interface Amount {
  readonly value: number;
  readonly isShare: boolean;
}

/** How plans keep to a budget, as predicted and as measured. */
export interface BudgetRule {
  /** The cost that plans are compared in. */
  readonly cost: CostName;
  /** The best plan of the front that is predicted to keep to the budget. */
  pick(front: readonly Plan[]): Plan | undefined;
  /** The plan that is predicted to keep to it or to miss it by the least. */
  closest(front: readonly Plan[]): Plan;
  /** Where in a front the plans are that keep to it more surely: before others, or after them. */
  readonly safer: -1 | 1;
  /** The best of the plans tried that keeps to the budget. */
  pickTried(trials: Trials): TriedPlan | undefined;
  /** The tried plan that keeps to it or misses it by the least. */
  closestTried(trials: Trials): TriedPlan;
}

/** @param teacher What a share is of, where nothing was measured beside the students. */
export function budgetRule(budget: Budget, teacher: Costs): BudgetRule {
  return budget.of === 'error' ? errorRule(budget.most) : costRule(budget.of, budget.amount, teacher);
}

function errorRule(most: number): BudgetRule {
  return {
    cost: 'latency',
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

function costRule(cost: CostName, amount: Amount, teacher: Costs): BudgetRule {
  const most = amountOf(amount, teacher[cost]);
  return {
    cost,
    pick: (front) => withinBudget(front, cost, most),
    closest: (front) => front[0]!,
    safer: -1,
    closestTried: ({ plans }) => leastBy(plans, (tried) => costOfTried(tried, cost))!,
    pickTried({ plans, teacher: { latency } }) {
      // A machine's speed changes from one minute to the next: a share is of the teacher's time beside the
      // students'.
      const limit = cost === 'latency' ? amountOf(amount, latency.median) : most;
      return leastBy(
        plans.filter((each) => costOfTried(each, cost) <= limit),
        ({ outputRelativeMse }) => outputRelativeMse,
      );
    },
  };
}

/** The figure that an amount comes to, given the teacher's. */
export function amountOf({ value, isShare }: Amount, teacher: number): number {
  return isShare ? value * teacher : value;
}

/** What a tried plan costs: a latency as measured, other costs as counted. */
export function costOfTried({ report, latency }: TriedPlan, cost: CostName): number {
  return cost === 'latency' ? latency.median : report.student[cost];
}

function leastBy<T>(items: readonly T[], of: (item: T) => number): T | undefined {
  return items.reduce<T | undefined>(
    (best, item) => (best === undefined || of(item) < of(best) ? item : best),
    undefined,
  );
}
