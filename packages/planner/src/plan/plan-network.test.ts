import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addCosts, costNames, noCosts } from '../costs/costs.js';
import type { Candidate, Chain, Plan } from './chain.js';
import { paretoFront } from './pareto-front.js';
import { planNetwork } from './plan-network.js';

const costs = fc.record({
  latency: fc.integer({ min: 0, max: 50 }),
  parameters: fc.integer({ min: 0, max: 50 }),
  multiplyAdds: fc.integer({ min: 0, max: 50 }),
  depth: fc.integer({ min: 0, max: 1 }),
});

/** A chain of up to six layers and up to eight spans of it, some of the same layers with other kernels. */
const chain = (id: number): fc.Arbitrary<Chain> =>
  fc.array(costs, { minLength: 1, maxLength: 6 }).chain((layerCosts) => {
    const layers = layerCosts.map((each, index) => ({ name: `${id}.${index}`, costs: each }));
    const candidate = fc
      .tuple(fc.nat(layers.length - 1), fc.nat(layers.length - 1), fc.integer({ min: 1, max: 9 }), costs)
      .map(([a, b, error, each]): Candidate => {
        const run = layers.slice(Math.min(a, b), Math.max(a, b) + 1).map(({ name }) => name);
        return {
          from: run[0]!,
          to: run.at(-1)!,
          layers: run,
          className: 'Dense',
          kernelSize: null,
          // Halves and quarters add up without rounding.
          relativeMse: 0,
          outputRelativeMse: error / 8,
          costs: each,
        };
      });
    return fc.array(candidate, { maxLength: 8 }).map((candidates) => ({ layers, candidates }));
  });

const network = fc
  .integer({ min: 1, max: 2 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, id) => chain(id))));

/** Every choice of spans that don't overlap. */
function everyPlan(chains: readonly Chain[]): Plan[] {
  const layers = chains.flatMap((each) => each.layers);
  const candidates = chains.flatMap((each) => each.candidates);
  const plans: Plan[] = [];
  for (let mask = 0; mask < 2 ** candidates.length; mask++) {
    const spans = candidates.filter((_, index) => mask & (1 << index));
    const covered = spans.flatMap((span) => span.layers);
    if (new Set(covered).size < covered.length) continue;
    const kept = layers.filter(({ name }) => !covered.includes(name));
    plans.push({
      spans,
      costs: [...kept, ...spans].reduce((sum, part) => addCosts(sum, part.costs), noCosts),
      outputRelativeMse: spans.reduce((sum, { outputRelativeMse }) => sum + outputRelativeMse, 0),
    });
  }
  return plans;
}

test('for every budget of every cost, as good as the best of all plans', () => {
  fc.assert(
    fc.property(network, fc.constantFrom(...costNames), (chains, cost) => {
      const figures = (plans: readonly Plan[]) =>
        plans.map((plan) => [plan.costs[cost], plan.outputRelativeMse]);
      const found = planNetwork(chains, cost);
      expect(figures(found)).toEqual(figures(paretoFront(everyPlan(chains), cost)));
      for (const { spans, costs: predicted, outputRelativeMse } of found) {
        // What is said of a plan is true of its spans.
        const same = everyPlan(chains).filter(
          (plan) => plan.spans.length === spans.length && spans.every((span) => plan.spans.includes(span)),
        );
        expect(same.map((plan) => [plan.costs, plan.outputRelativeMse])).toContainEqual([
          predicted,
          outputRelativeMse,
        ]);
      }
    }),
    { numRuns: 200, seed: 1 },
  );
});

test('a front falls in error as it grows in cost', () => {
  fc.assert(
    fc.property(network, (chains) => {
      const front = planNetwork(chains, 'latency');
      for (const [index, plan] of front.entries()) {
        if (index === 0) continue;
        expect(plan.costs.latency).toBeGreaterThan(front[index - 1]!.costs.latency);
        expect(plan.outputRelativeMse).toBeLessThan(front[index - 1]!.outputRelativeMse);
      }
      expect(front.at(-1)!.outputRelativeMse).toBe(0);
    }),
    { numRuns: 100, seed: 2 },
  );
});
