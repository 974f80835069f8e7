import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addCosts, costNames } from '../costs/costs.js';
import { paretoFront } from './pareto-front.js';
import type { Candidate, Plan, PlannedNetwork } from './plan.js';
import { planNetwork } from './plan-network.js';

const costs = (min: number, max: number) => {
  const cost = fc.integer({ min, max });
  return fc.record({ latency: cost, parameters: cost, multiplyAdds: cost, depth: cost });
};

/**
 * Up to eight layers and up to eight spans of them, some of the same layers with other kernels, some of one
 * branch of two.
 */
const network: fc.Arbitrary<PlannedNetwork> = fc
  .tuple(fc.integer({ min: 1, max: 8 }), costs(500, 700))
  .chain(([depth, whole]) => {
    const layers = Array.from({ length: depth }, (_, index) => `${index}`);
    const candidate = fc
      .tuple(
        fc.nat(layers.length - 1),
        fc.nat(layers.length - 1),
        fc.integer({ min: 1, max: 9 }),
        costs(-50, 10),
        fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
      )
      .map(([a, b, error, each, inside]): Candidate => {
        const all = layers.slice(Math.min(a, b), Math.max(a, b) + 1);
        const own = all.filter((_, index) => index === 0 || index === all.length - 1 || inside[index]);
        return {
          from: own[0]!,
          to: own.at(-1)!,
          layers: own,
          className: 'Dense',
          kernelSize: null,
          // Halves and quarters add up without rounding.
          relativeMse: 0,
          outputRelativeMse: error / 8,
          change: each,
        };
      });
    return fc.array(candidate, { maxLength: 8 }).map((candidates) => ({ layers, costs: whole, candidates }));
  });

test('savings whose noise adds up to more than the whole predict a small latency, not one below 0', () => {
  const nothing = { parameters: 0, multiplyAdds: 0, depth: 0 };
  const spans = ['ab', 'cd'].map(([from, to]) => ({
    from: from!,
    to: to!,
    layers: [from!, to!],
    className: 'Dense',
    kernelSize: null,
    relativeMse: 0,
    outputRelativeMse: 0.1,
    change: { ...nothing, latency: -7 },
  }));
  const whole = { ...nothing, latency: 10 };
  const front = planNetwork({ layers: [...'abcd'], costs: whole, candidates: spans }, 'latency');
  expect(front.map(({ costs }) => costs.latency)).toEqual([0.5, 3, 10]);
});

/** Every choice of spans none of which begins before another one of them has ended. */
function everyPlan({ costs: whole, candidates }: PlannedNetwork): Plan[] {
  const plans: Plan[] = [];
  for (let mask = 0; mask < 2 ** candidates.length; mask++) {
    const spans = candidates
      .filter((_, index) => mask & (1 << index))
      .sort((first, second) => Number(first.from) - Number(second.from));
    if (spans.some(({ from }, index) => index > 0 && Number(from) <= Number(spans[index - 1]!.to))) continue;
    plans.push({
      spans,
      costs: spans.reduce((sum, { change }) => addCosts(sum, change), whole),
      outputRelativeMse: spans.reduce((sum, { outputRelativeMse }) => sum + outputRelativeMse, 0),
    });
  }
  return plans;
}

test('for every budget of every cost, as good as the best of all plans', () => {
  fc.assert(
    fc.property(network, fc.constantFrom(...costNames), (planned, cost) => {
      const figures = (plans: readonly Plan[]) =>
        plans.map((plan) => [plan.costs[cost], plan.outputRelativeMse]);
      const found = planNetwork(planned, cost);
      expect(figures(found)).toEqual(figures(paretoFront(everyPlan(planned), cost)));
      for (const { spans, costs: predicted, outputRelativeMse } of found) {
        // What is said of a plan is true of its spans.
        const same = everyPlan(planned).filter(
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
    fc.property(network, (planned) => {
      const front = planNetwork(planned, 'latency');
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
