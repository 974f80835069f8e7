import type { CostName, Costs } from '../costs/costs.js';
import type { Ratio } from '../costs/measure-latency.js';
import { withinBudget, withinError } from '../plan/pick-plan.js';
import type { Plan } from '../plan/plan.js';
import type { Trials, TriedPlan } from '../try/trials.js';

/** A budget for a plan: a limit on one cost, or on the relative MSE of the network's output. */
export type Budget =
  | { readonly of: Exclude<CostName, 'multiplyAdds'>; readonly amount: Amount }
  | { readonly of: 'error'; readonly most: number };

/** An absolute amount of a cost (in seconds for latency), or a share of the teacher's. */
export interface Amount {
  readonly value: number;
  readonly isShare: boolean;
}

/** The rule that selects plans within a budget, by predicted and by measured figures. */
export interface BudgetRule {
  /** The cost that plans are compared in. */
  readonly cost: CostName;
  /** The best plan of the front that is predicted to keep to the budget. */
  pick(front: readonly Plan[]): Plan | undefined;
  /** The plan that is predicted to keep to the budget or to exceed it by the least. */
  closest(front: readonly Plan[]): Plan;
  /** The direction in a front towards plans that are safer to keep to the budget: -1 before, 1 after. */
  readonly safer: -1 | 1;
  /** The tried plans that keep to the budget, within the uncertainty of measured times. */
  kept(trials: Trials): readonly TriedPlan[];
  /** The best of the tried plans that keep to the budget. */
  pickTried(trials: Trials): TriedPlan | undefined;
  /**
   * The tried plan that keeps to the budget or exceeds it by the least; undefined where no plan predicts the
   * outputs better than a constant.
   */
  closestTried(trials: Trials): TriedPlan | undefined;
}

/**
 * @param teacher The costs of the teacher that shares are relative to, where no measurement with the students
 * is available.
 */
export function budgetRule(budget: Budget, teacher: Costs): BudgetRule {
  return budget.of === 'error' ? errorRule(budget.most) : costRule(budget.of, budget.amount, teacher);
}

function errorRule(most: number): BudgetRule {
  const kept = ({ plans }: Trials) => plans.filter(({ outputRelativeMse }) => outputRelativeMse <= most);
  return {
    cost: 'latency',
    pick: (front) => withinError(front, most),
    closest: (front) => front.at(-1)!,
    safer: 1,
    kept,
    pickTried(trials) {
      const fastest = leastBy(kept(trials), ({ latency }) => latency.ratio.median);
      // Plans whose times can't be distinguished are ranked by error.
      return (
        fastest &&
        leastBy(
          kept(trials).filter((tried) => sameLatency(tried, fastest)),
          errorOf,
        )
      );
    },
    closestTried: (trials) => leastBy(useful(trials), errorOf),
  };
}

function costRule(cost: CostName, amount: Amount, teacher: Costs): BudgetRule {
  const most = amountOf(amount, teacher[cost]);
  const kept = (trials: Trials) =>
    useful(trials).filter((tried) => {
      if (cost !== 'latency') return costOfTried(tried, cost) <= most;
      // A machine's speed changes from one minute to the next, so a share is relative to the teacher's time
      // measured in turns with the students'.
      const { median } = trials.teacher.latency;
      return keepsLatency(tried.latency.ratio, amountOf(amount, median) / median);
    });
  return {
    cost,
    pick: (front) => withinBudget(front, cost, most),
    closest: (front) => front[0]!,
    safer: -1,
    kept,
    pickTried: (trials) => leastBy(kept(trials), errorOf),
    closestTried: (trials) => leastBy(useful(trials), (tried) => costOfTried(tried, cost)),
  };
}

/** The share by which a latency may exceed its limit if its interval reaches below the limit. */
const tolerance = 0.05;

/**
 * Whether a measured share of the teacher's latency keeps to a limit: it doesn't exceed the limit, or exceeds
 * it only slightly and within its uncertainty. The second condition is needed since on a busy machine every
 * interval is wide.
 */
export function keepsLatency({ median, low }: Ratio, limit: number): boolean {
  return median <= limit || (low <= limit && median <= (1 + tolerance) * limit);
}

/** The plans with an error below 1: one above it is worse than always predicting the mean of the outputs. */
function useful({ plans }: Trials): readonly TriedPlan[] {
  return plans.filter(({ outputRelativeMse }) => outputRelativeMse < 1);
}

/** Whether the latencies of two students can't be distinguished: their intervals overlap. */
export function sameLatency(
  { latency: { ratio: one } }: TriedPlan,
  { latency: { ratio: other } }: TriedPlan,
) {
  return one.low <= other.high && other.low <= one.high;
}

function errorOf({ outputRelativeMse }: TriedPlan): number {
  return outputRelativeMse;
}

/** The absolute value of an amount, given the teacher's cost. */
export function amountOf({ value, isShare }: Amount, teacher: number): number {
  return isShare ? value * teacher : value;
}

/** The cost of a tried plan: a measured latency, or another, counted cost. */
export function costOfTried({ report, latency }: TriedPlan, cost: CostName): number {
  return cost === 'latency' ? latency.median : report.student[cost];
}

function leastBy<T>(items: readonly T[], of: (item: T) => number): T | undefined {
  return items.reduce<T | undefined>(
    (best, item) => (best === undefined || of(item) < of(best) ? item : best),
    undefined,
  );
}
