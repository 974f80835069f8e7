import type { CostName, Costs } from '../costs/costs.js';
import type { Ratio } from '../costs/measure-latency.js';
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
  /** The tried plans that keep to the budget, as far as times can tell. */
  kept(trials: Trials): readonly TriedPlan[];
  /** The best of the plans tried that keep to the budget. */
  pickTried(trials: Trials): TriedPlan | undefined;
  /**
   * The tried plan that keeps to it or misses it by the least; undefined where none leaves more of the
   * outputs than a constant does.
   */
  closestTried(trials: Trials): TriedPlan | undefined;
}

/** @param teacher What a share is of, where nothing was measured beside the students. */
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
      // What times can't tell apart is told apart by its error.
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
      // A machine's speed changes from one minute to the next: a share is of the teacher's time beside the
      // students'.
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

/** Above a limit by no more than this part of it, a time that may as well be below it keeps to it. */
const tolerance = 0.05;

/**
 * Whether a measured share of the teacher's latency keeps to a limit: it is no more, or can't be told from it
 * and is hardly more. On a busy machine nothing can be told from anything.
 */
export function keepsLatency({ median, low }: Ratio, limit: number): boolean {
  return median <= limit || (low <= limit && median <= (1 + tolerance) * limit);
}

/** Plans of an error below 1: one above it is worse than giving the mean of the outputs always. */
function useful({ plans }: Trials): readonly TriedPlan[] {
  return plans.filter(({ outputRelativeMse }) => outputRelativeMse < 1);
}

/** Whether times can't tell two students apart. */
export function sameLatency(
  { latency: { ratio: one } }: TriedPlan,
  { latency: { ratio: other } }: TriedPlan,
) {
  return one.low <= other.high && other.low <= one.high;
}

function errorOf({ outputRelativeMse }: TriedPlan): number {
  return outputRelativeMse;
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
