import type { CostName } from '../costs/costs.js';
import type { Plan } from './plan.js';

/**
 * The plan with the least predicted error within a budget, or undefined if there is none. Plans with a
 * predicted error of 1 or more, which are no better than a constant output, are ignored.
 *
 * @param front The front as returned by {@link planNetwork}.
 */
export function withinBudget(front: readonly Plan[], cost: CostName, most: number): Plan | undefined {
  return front.findLast((plan) => plan.costs[cost] <= most && plan.outputRelativeMse < 1);
}

/** The cheapest plan whose predicted error is at most `most`, or undefined if there is none. */
export function withinError(front: readonly Plan[], most: number): Plan | undefined {
  return front.find((plan) => plan.outputRelativeMse <= most);
}
