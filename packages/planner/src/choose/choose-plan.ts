import type { CostName } from '../costs/costs.js';
import type { Plan } from '../plan/plan.js';
import type { Planning } from '../plan-fusions.js';
import { joinTrials } from '../try/join-trials.js';
import type { Trials, TriedPlan } from '../try/trials.js';
import { type Budget, type BudgetRule, budgetRule, costOfTried, sameLatency } from './budget.js';

/** Options of {@link choosePlan}. */
export interface ChooseOptions {
  readonly budget: Budget;
  /**
   * Plans to try at first; as many more, one by one, where none of those keeps to the budget. 0 goes by
   * predictions alone.
   */
  readonly tries: number;
  /** Carries plans out and measures them, as `tryPlans` does. */
  readonly tryThem: (plans: readonly Plan[]) => Promise<Trials>;
}

/** A plan for a budget, and what else there was. */
export interface PlanChoice {
  /** The cost that the front is of. */
  readonly cost: CostName;
  /** The best plans of that cost, from the cheapest to the teacher as it is. */
  readonly front: readonly Plan[];
  /** The plan that is predicted to be the best within the budget. */
  readonly predicted: Plan | undefined;
  /** Null where none was tried. */
  readonly trials: Trials | null;
  /**
   * The best plan within the budget, or else the one that misses it by the least; undefined where nothing is
   * worth fusing, or no plan that was tried leaves more of the outputs than a constant does.
   */
  readonly chosen: Plan | undefined;
  /** Its trial, where it was tried. */
  readonly tried: TriedPlan | undefined;
  /** Tried plans that keep to the budget too and can't be told from the chosen one, by time or error. */
  readonly alike: readonly TriedPlan[];
  /** Whether it keeps to the budget: as measured where it was tried, else as predicted. */
  readonly isKept: boolean;
  /** The chosen plan's cost, and the teacher's beside it. */
  readonly costs: { readonly student: number; readonly teacher: number } | undefined;
}

/**
 * Chooses the plan of least error within a budget. Predictions only rank plans: the one that they name and
 * its neighbours in the front are carried out and measured, and the choice goes by what was measured.
 */
export async function choosePlan(
  planning: Planning,
  { budget, tries, tryThem }: ChooseOptions,
): Promise<PlanChoice> {
  const rule = budgetRule(budget, planning.teacher);
  const front = planning.front(rule.cost);
  const fusing = front.filter(({ spans }) => spans.length > 0);
  const predicted = rule.pick(fusing);
  const found = { cost: rule.cost, front, predicted, trials: null, tried: undefined, alike: [] };
  const ofTeacher = planning.teacher[rule.cost];
  if (fusing.length === 0) return { ...found, chosen: undefined, isKept: false, costs: undefined };
  if (tries === 0) {
    const chosen = predicted ?? rule.closest(fusing);
    const costs = { student: chosen.costs[rule.cost], teacher: ofTeacher };
    return { ...found, chosen, isKept: predicted !== undefined, costs };
  }
  const trials = await tryAround(fusing, rule, tries, tryThem);
  const kept = rule.pickTried(trials);
  const tried = kept ?? rule.closestTried(trials);
  if (!tried) return { ...found, trials, chosen: undefined, isKept: false, costs: undefined };
  const costs = {
    student: costOfTried(tried, rule.cost),
    teacher: rule.cost === 'latency' ? trials.teacher.latency.median : ofTeacher,
  };
  const alike = kept ? rule.kept(trials).filter((other) => other !== kept && areAlike(other, kept)) : [];
  return { ...found, trials, chosen: tried.plan, tried, alike, isKept: kept !== undefined, costs };
}

/** Errors that lie nearer than this are told apart by other data, or by none. */
const alikeError = 1.1;

function areAlike(one: TriedPlan, other: TriedPlan): boolean {
  const [less, more] = [one.outputRelativeMse, other.outputRelativeMse].sort((a, b) => a - b);
  return sameLatency(one, other) && more! <= less! * alikeError;
}

/** Plans that are tried beyond the first ones, where none of those keeps to the budget. */
const leastMore = 6;

/**
 * Tries the plan that is predicted to be the best within a budget and its neighbours. Where none turns out to
 * keep to it, goes on one by one: to those that keep to it more surely, and where there are none left, to the
 * others.
 *
 * @param most Plans at first, and once more as many, or six, where none keeps to the budget.
 */
export async function tryAround(
  front: readonly Plan[],
  rule: BudgetRule,
  most: number,
  tryThem: (plans: readonly Plan[]) => Promise<Trials>,
): Promise<Trials> {
  const around = rule.pick(front) ?? rule.closest(front);
  const first = plansToTry(front, around, most);
  let trials = await tryThem(first);
  const [start, end] = [front.indexOf(first[0]!), front.indexOf(first.at(-1)!)];
  const [cheaper, dearer] = [front.slice(0, start).reverse(), front.slice(end + 1)];
  const others = rule.safer < 0 ? [...cheaper, ...dearer] : [...dearer, ...cheaper];
  for (const next of others.slice(0, Math.max(most, leastMore))) {
    if (rule.pickTried(trials)) break;
    trials = joinTrials(trials, await tryThem([next]));
  }
  return trials;
}

/**
 * Some plans of a front, around one of them: itself, its neighbours, theirs, the cheaper one first each time,
 * since what is predicted to be just within a budget may turn out to be just out of it.
 *
 * @returns In the order of the front.
 */
export function plansToTry(front: readonly Plan[], around: Plan, most: number): Plan[] {
  const middle = front.indexOf(around);
  return [...front.keys()]
    .sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle) || a - b)
    .slice(0, most)
    .sort((a, b) => a - b)
    .map((index) => front[index]!);
}
