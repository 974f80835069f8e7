import { type CostName, noCosts } from '../costs/costs.js';
import type { Chain, Plan } from './chain.js';
import { joinPlans, paretoFront } from './pareto-front.js';

const empty: Plan = { spans: [], costs: noCosts, outputRelativeMse: 0 };

/**
 * The best plan for every budget of one cost: those that no other beats in both the cost and the predicted error, from the
 * cheapest to the teacher as it is or what costs no more.
 *
 * By dynamic programming along each chain: what is best up to a layer doesn't depend on what comes after it, as costs
 * and errors add up. Chains share the budget: their fronts are joined one by one.
 */
export function planNetwork(chains: readonly Chain[], cost: CostName): Plan[] {
  return chains
    .map((chain) => planChain(chain, cost))
    .reduce<Plan[]>((front, next) => paretoFront(allJoined(front, next), cost), [empty]);
}

function planChain({ layers, candidates }: Chain, cost: CostName): Plan[] {
  const place = new Map(layers.map(({ name }, index) => [name, index]));
  const ending = layers.map(({ name }) => candidates.filter(({ to }) => to === name));
  const fronts: Plan[][] = [[empty]];
  for (const [index, { costs }] of layers.entries()) {
    const kept: Plan = { spans: [], costs, outputRelativeMse: 0 };
    const fused = ending[index]!.flatMap((candidate) =>
      allJoined(fronts[place.get(candidate.from)!]!, [
        { spans: [candidate], costs: candidate.costs, outputRelativeMse: candidate.outputRelativeMse },
      ]),
    );
    fronts.push(paretoFront([...allJoined(fronts[index]!, [kept]), ...fused], cost));
  }
  return fronts.at(-1)!;
}

function allJoined(firsts: readonly Plan[], seconds: readonly Plan[]): Plan[] {
  return firsts.flatMap((first) => seconds.map((second) => joinPlans(first, second)));
}
