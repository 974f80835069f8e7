import type { CostName } from '../costs/costs.js';
import type { Plan } from './plan.js';

/**
 * The Pareto front of plans in cost and error, from the cheapest to the most accurate. Of plans that are
 * equal in both, the one with fewer spans is kept, and among those the first.
 */
export function paretoFront(plans: readonly Plan[], cost: CostName): Plan[] {
  const sorted = [...plans].sort(
    (a, b) =>
      a.costs[cost] - b.costs[cost] ||
      a.outputRelativeMse - b.outputRelativeMse ||
      a.spans.length - b.spans.length,
  );
  const front: Plan[] = [];
  for (const plan of sorted) {
    const best = front.at(-1);
    if (best === undefined || plan.outputRelativeMse < best.outputRelativeMse) front.push(plan);
  }
  return front;
}
