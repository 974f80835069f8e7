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
   * The number of plans to try at first. Where none of those keeps to the budget, as many more, but at least
   * six, are tried one by one. With 0, the choice is made by predictions alone.
   */
  readonly tries: number;
  /** Builds the students of plans and measures them, as `tryPlans` does. */
  readonly tryThem: (plans: readonly Plan[]) => Promise<Trials>;
}

/** The plan chosen for a budget, with the alternatives and measurements behind the choice. */
export interface PlanChoice {
  /** The cost by which the front is computed. */
  readonly cost: CostName;
  /** The Pareto front of plans in that cost, from the cheapest plan to the unchanged teacher. */
  readonly front: readonly Plan[];
  /** The plan that is predicted to be the best within the budget. */
  readonly predicted: Plan | undefined;
  /** The measurements of the tried plans; null where none was tried. */
  readonly trials: Trials | null;
  /**
   * The best plan within the budget, or else the one that exceeds it by the least; undefined where nothing is
   * worth fusing, or no tried plan predicts the outputs better than a constant.
   */
  readonly chosen: Plan | undefined;
  /** The measurements of the chosen plan, if it was tried. */
  readonly tried: TriedPlan | undefined;
  /**
   * Other tried plans that keep to the budget and can't be distinguished from the chosen one in time and
   * error.
   */
  readonly alike: readonly TriedPlan[];
  /** Whether the chosen plan keeps to the budget: as measured if it was tried, else as predicted. */
  readonly isKept: boolean;
  /** The costs of the chosen plan's student and of the teacher. */
  readonly costs: { readonly student: number; readonly teacher: number } | undefined;
}

/**
 * Chooses the plan of least error within a budget. Predictions only rank plans: the predicted best plan and
 * its neighbours in the front are built and measured, and the choice is made by the measurements.
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

/** The ratio of errors below which two plans can't be distinguished: other data could reverse their order. */
const alikeError = 1.1;

function areAlike(one: TriedPlan, other: TriedPlan): boolean {
  const [less, more] = [one.outputRelativeMse, other.outputRelativeMse].sort((a, b) => a - b);
  return sameLatency(one, other) && more! <= less! * alikeError;
}

/** The least number of further plans to try where none of the first ones keeps to the budget. */
const leastMore = 6;

/**
 * Tries the plan that is predicted to be the best within a budget and its neighbours. Where none turns out to
 * keep to it, further plans are tried one by one: first those that are safer to keep to it, then the others.
 *
 * @param most The number of plans to try at first. Where none keeps to the budget, as many more, but at least
 *   six, are tried.
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
 * The plans of a front nearest to a given one: the plan itself and its neighbours by distance. Of two at the
 * same distance the cheaper one is preferred, since a plan predicted to be just within a budget may turn out
 * to be just outside it.
 *
 * @returns the plans in the order of the front.
 */
export function plansToTry(front: readonly Plan[], around: Plan, most: number): Plan[] {
  const middle = front.indexOf(around);
  return [...front.keys()]
    .sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle) || a - b)
    .slice(0, most)
    .sort((a, b) => a - b)
    .map((index) => front[index]!);
}
