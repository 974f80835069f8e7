import { addCosts, type CostName, noCosts } from '../costs/costs.js';
import { joinPlans, paretoFront } from './pareto-front.js';
import type { Candidate, Plan, PlannedNetwork } from './plan.js';

const empty: Plan = { spans: [], costs: noCosts, outputRelativeMse: 0 };

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
export function planNetwork({ layers, candidates }: PlannedNetwork, cost: CostName): Plan[] {
  const place = new Map(layers.map(({ name }, index) => [name, index]));
  const ending: Candidate[][] = layers.map(() => []);
  for (const candidate of candidates) ending[place.get(candidate.to)!]!.push(candidate);
  const total = layers.reduce((sum, { costs }) => sum + costs[cost], 0);
  const kept = (index: number): Plan => ({ spans: [], costs: layers[index]!.costs, outputRelativeMse: 0 });
  const fronts: Plan[][] = [[empty]];
  for (const index of layers.keys()) {
    const fused = ending[index]!.flatMap((candidate) => {
      const start = place.get(candidate.from)!;
      const own = new Set(candidate.layers);
      // Layers of another branch that stand between in the order of the network.
      const between = layers.slice(start, index).filter(({ name }) => !own.has(name));
      const costs = between.reduce((sum, layer) => addCosts(sum, layer.costs), candidate.costs);
      const { outputRelativeMse } = candidate;
      return allJoined(fronts[start]!, { spans: [candidate], costs, outputRelativeMse });
    });
    fronts.push(
      thinned(paretoFront([...allJoined(fronts[index]!, kept(index)), ...fused], cost), cost, total),
    );
  }
  return fronts.at(-1)!;
}

function allJoined(firsts: readonly Plan[], second: Plan): Plan[] {
  return firsts.map((first) => joinPlans(first, second));
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
