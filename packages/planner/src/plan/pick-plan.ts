import type { CostName } from '../costs/costs.js';
import type { Plan } from './plan.js';

/**
 * The plan of least predicted error within a budget, or undefined where none is. A plan that is predicted to
 * leave no more of the outputs than a constant does, an error of 1, is none.
 *
 * @param front As {@link planNetwork} gives it.
 */
export function withinBudget(front: readonly Plan[], cost: CostName, most: number): Plan | undefined {
  return front.findLast((plan) => plan.costs[cost] <= most && plan.outputRelativeMse < 1);
}

/** The cheapest plan that is predicted to be wrong by no more than this, or undefined where none is. */
export function withinError(front: readonly Plan[], most: number): Plan | undefined {
  return front.find((plan) => plan.outputRelativeMse <= most);
}
