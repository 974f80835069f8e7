import { expect, test } from 'vitest';
import type { Plan } from '../plan/plan.js';
import type { Planning } from '../plan-fusions.js';
import type { Trials, TriedPlan } from '../try/trials.js';
import { budgetRule } from './budget.js';
import { choosePlan, plansToTry, tryAround } from './choose-plan.js';

const teacher = { latency: 1, parameters: 100, multiplyAdds: 0, depth: 5 };

/** Plans of 0.1, 0.2, ... of the teacher's latency, of ever smaller errors. */
const front = Array.from({ length: 8 }, (_, index): Plan => {
  const latency = (index + 1) / 10;
  return { spans: [], costs: { ...teacher, latency }, outputRelativeMse: 1 - latency };
});

/** Students that take twice what was predicted, each beside a teacher of another moment. */
function machine() {
  const seen: number[] = [];
  const tryThem = async (plans: readonly Plan[]): Promise<Trials> => {
    const speed = 1 + seen.length;
    const timed = (median: number) => ({ first: 1, median, low: median, high: median, count: 3 });
    seen.push(...plans.map((plan) => front.indexOf(plan)));
    return {
      plans: plans.map(
        (plan) =>
          ({
            plan,
            outputRelativeMse: plan.outputRelativeMse,
            score: null,
            latency: timed(2 * plan.costs.latency * speed),
          }) as unknown as TriedPlan,
      ),
      teacher: { score: null, latency: timed(speed) },
      given: null,
      rankCorrelation: null,
    };
  };
  return { seen, tryThem };
}

test('where what was predicted to be within is not, cheaper plans are tried until one is', async () => {
  const budget = budgetRule({ of: 'latency', amount: { value: 0.41, isShare: true } }, teacher);
  const { seen, tryThem } = machine();
  const trials = await tryAround(front, budget, 2, tryThem);
  // Predicted: plan 3, of 0.4. Measured, that takes 0.8; plan 1 takes 0.4.
  expect(seen).toEqual([2, 3, 1]);
  expect(budget.pickTried(trials)!.plan).toBe(front[1]);
  expect(trials.plans.map(({ plan }) => front.indexOf(plan))).toEqual([1, 2, 3]);
  // All as beside the first teacher, which took 1.
  expect(trials.plans.map(({ latency }) => latency.median)).toEqual(
    [0.4, 0.6, 0.8].map((time) => expect.closeTo(time)),
  );
  expect(trials.rankCorrelation).toBeCloseTo(1);
});

test('it ends after as many more, and at the end of the front', async () => {
  const budget = budgetRule({ of: 'latency', amount: { value: 0.15, isShare: true } }, teacher);
  const { seen, tryThem } = machine();
  const trials = await tryAround(front, budget, 3, tryThem);
  expect(seen).toEqual([0, 1, 2]);
  expect(budget.pickTried(trials)).toBeUndefined();
  expect(budget.closestTried(trials).plan).toBe(front[0]);
});

test('what was measured decides, and the closest plan is named where none keeps to the budget', async () => {
  const fusing = front.map((plan) => ({ ...plan, spans: [{}] })) as unknown as Plan[];
  const planning = { teacher, front: () => fusing } as unknown as Planning;
  const tryThem = async (plans: readonly Plan[]): Promise<Trials> => ({
    plans: plans.map((plan) => {
      const latency = { first: 1, median: 2 * plan.costs.latency, low: 0, high: 0, count: 3 };
      return { plan, outputRelativeMse: plan.outputRelativeMse, latency } as unknown as TriedPlan;
    }),
    teacher: { score: null, latency: { first: 1, median: 1, low: 1, high: 1, count: 3 } },
    given: null,
    rankCorrelation: null,
  });
  const choice = async (value: number, tries: number) => {
    const budget = { of: 'latency', amount: { value, isShare: true } } as const;
    const { chosen, isKept, predicted, costs } = await choosePlan(planning, { budget, tries, tryThem });
    return { chosen: fusing.indexOf(chosen!), predicted: fusing.indexOf(predicted!), isKept, costs };
  };
  expect(await choice(0.41, 0)).toMatchObject({ chosen: 3, predicted: 3, isKept: true });
  expect(await choice(0.41, 2)).toMatchObject({ chosen: 1, predicted: 3, isKept: true });
  expect(await choice(0.15, 3)).toEqual({
    chosen: 0,
    predicted: 0,
    isKept: false,
    costs: { student: expect.closeTo(0.2), teacher: 1 },
  });
});

test.each([
  [3, 1, [3]],
  [3, 2, [2, 3]],
  [3, 4, [1, 2, 3, 4]],
  [0, 3, [0, 1, 2]],
  [7, 3, [5, 6, 7]],
  [2, 99, [0, 1, 2, 3, 4, 5, 6, 7]],
])('around plan %i, %i of them: the cheaper neighbour first', (around, most, tried) => {
  expect(plansToTry(front, front[around]!, most)).toEqual(tried.map((index) => front[index]));
});
