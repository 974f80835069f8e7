import { addCosts, type CostName, type Costs } from '../costs/costs.js';
import { paretoFront } from './pareto-front.js';
import type { Candidate, Plan, PlannedNetwork } from './plan.js';

/**
 * The maximum number of plans kept up to each layer. With more, plans would differ by too little for any
 * budget to distinguish them.
 */
const mostKept = 512;

/**
 * The best plan for every budget of one cost: the Pareto front in the cost and the predicted error, from the
 * cheapest plan to the unchanged teacher or a plan that costs no more.
 *
 * The plans are found by dynamic programming along the network's order. Costs and errors are additive, so the
 * best plans up to a layer don't depend on the layers after it. The layers of a branch are consecutive in
 * that order; where the layers of two spans alternate in it, a plan contains only one of them. Where more
 * than {@link mostKept} plans are best up to a layer, some that differ from another by less than a thousandth
 * of the network's cost are dropped.
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
  return paretoFront(
    fronts.at(-1)!.map((plan) => withPossibleLatency(plan, costs)),
    cost,
  );
}

/**
 * The least share of a network's latency that is predicted for a plan. Savings are measured one by one: on a
 * busy machine, their sum can exceed the whole.
 */
const leastLatency = 0.05;

function withPossibleLatency(plan: Plan, whole: Costs): Plan {
  const latency = Math.max(plan.costs.latency, leastLatency * whole.latency);
  return { ...plan, costs: { ...plan.costs, latency } };
}

function withCandidate(plan: Plan, candidate: Candidate): Plan {
  return {
    spans: [...plan.spans, candidate],
    costs: addCosts(plan.costs, candidate.change),
    outputRelativeMse: plan.outputRelativeMse + candidate.outputRelativeMse,
  };
}

/**
 * Thins out a front: keeps the most accurate plan in each thousandth of the total cost, and the ends of the
 * front.
 */
function thinned(front: Plan[], cost: CostName, total: number): Plan[] {
  if (front.length <= mostKept) return front;
  const step = (plan: Plan) => Math.floor((1000 * plan.costs[cost]) / total);
  return front.filter((plan, index) => {
    const next = front[index + 1];
    return index === 0 || next === undefined || step(next) > step(plan);
  });
}
