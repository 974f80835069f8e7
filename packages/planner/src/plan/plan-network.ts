import { addCosts, type CostName } from '../costs/costs.js';
import { paretoFront } from './pareto-front.js';
import type { Candidate, Plan, PlannedNetwork } from './plan.js';

/** Plans that are kept up to a layer: more differ by so little that no budget tells them apart. */
const mostKept = 512;

/**
 * The best plan for every budget of one cost: those that no other beats in both the cost and the predicted
 * error, from the cheapest to the teacher as it is or what costs no more.
 *
 * By dynamic programming along the network's order: what is best up to a layer doesn't depend on what comes
 * after it, as costs and errors add up. Layers of a branch follow one another in that order; of two spans
 * whose layers alternate in it, a plan has one. Where more than {@link mostKept} plans are best up to a
 * layer, some that differ from another by less than a thousandth of the network's cost are dropped.
 */
export function planNetwork({ layers, costs, candidates }: PlannedNetwork, cost: CostName): Plan[] {
  const place = new Map(layers.map((name, index) => [name, index]));
  const ending: Candidate[][] = layers.map(() => []);
  for (const candidate of candidates) ending[place.get(candidate.to)!]!.push(candidate);
  const fronts: Plan[][] = [[{ spans: [], costs, outputRelativeMse: 0 }]];
  for (const index of layers.keys()) {
    const fused = ending[index]!.flatMap((candidate) =>
      fronts[place.get(candidate.from)!]!.map((plan) => withCandidate(plan, candidate)),
    );
    fronts.push(thinned(paretoFront([...fronts[index]!, ...fused], cost), cost, costs[cost]));
  }
  return fronts.at(-1)!;
}

function withCandidate(plan: Plan, candidate: Candidate): Plan {
  return {
    spans: [...plan.spans, candidate],
    costs: addCosts(plan.costs, candidate.change),
    outputRelativeMse: plan.outputRelativeMse + candidate.outputRelativeMse,
  };
}

/** The most exact plan of every thousandth of the whole cost, and the ends of the front. */
function thinned(front: Plan[], cost: CostName, total: number): Plan[] {
  if (front.length <= mostKept) return front;
  const step = (plan: Plan) => Math.floor((1000 * plan.costs[cost]) / total);
  return front.filter((plan, index) => {
    const next = front[index + 1];
    return index === 0 || next === undefined || step(next) > step(plan);
  });
}
