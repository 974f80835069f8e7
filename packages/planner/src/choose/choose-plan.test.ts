import { expect, test } from 'vitest';
import type { Latency } from '../costs/measure-latency.js';
import type { Plan } from '../plan/plan.js';
import type { Planning } from '../plan-fusions.js';
import type { Trials, TriedPlan } from '../try/trials.js';
import { type Budget, budgetRule, keepsLatency } from './budget.js';
import { choosePlan, plansToTry, tryAround } from './choose-plan.js';

const teacher = { latency: 1, parameters: 100, multiplyAdds: 0, depth: 5 };

/** Plans of 0.1, 0.2, ... of the teacher's latency, of ever smaller errors. */
const front = Array.from({ length: 8 }, (_, index): Plan => {
  const latency = (index + 1) / 10;
  return { spans: [], costs: { ...teacher, latency }, outputRelativeMse: 1 - latency };
});

/** A time, and its ratio to the teacher's beside it, known to a part of `spread`. */
function timedAs(median: number, ratio = median, spread = 0): Latency {
  return {
    first: 1,
    median,
    low: median,
    high: median,
    count: 3,
    ratio: { median: ratio, low: ratio * (1 - spread), high: ratio * (1 + spread) },
    isSettled: true,
  };
}

/** Students that take twice what was predicted, each beside a teacher of another moment. */
function machine() {
  const seen: number[] = [];
  const tryThem = async (plans: readonly Plan[]): Promise<Trials> => {
    const speed = 1 + seen.length;
    const timed = (median: number) => timedAs(median, median / speed);
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

test('where no cheaper plan is left, dearer ones are tried too, and then it ends', async () => {
  const budget = budgetRule({ of: 'latency', amount: { value: 0.15, isShare: true } }, teacher);
  const { seen, tryThem } = machine();
  const trials = await tryAround(front, budget, 3, tryThem);
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(budget.pickTried(trials)).toBeUndefined();
  expect(budget.closestTried(trials)!.plan).toBe(front[0]);
});

test('what was measured decides, and the closest plan is named where none keeps to the budget', async () => {
  const fusing = front.map((plan) => ({ ...plan, spans: [{}] })) as unknown as Plan[];
  const planning = { teacher, front: () => fusing } as unknown as Planning;
  const tryThem = async (plans: readonly Plan[]): Promise<Trials> => ({
    plans: plans.map((plan) => {
      const latency = timedAs(2 * plan.costs.latency);
      return { plan, outputRelativeMse: plan.outputRelativeMse, latency } as unknown as TriedPlan;
    }),
    teacher: { score: null, latency: timedAs(1) },
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

/** Three plans as tried: their shares of the teacher's latency, known to 3 %, and their errors. */
function triedAs(plans: readonly (readonly [share: number, error: number])[]) {
  const fusing = plans.map(([latency, outputRelativeMse]): Plan => {
    return { spans: [{}] as never, costs: { ...teacher, latency }, outputRelativeMse };
  });
  const planning = { teacher, front: () => fusing } as unknown as Planning;
  const tryThem = async (tried: readonly Plan[]): Promise<Trials> => ({
    plans: tried.map((plan) => {
      const { outputRelativeMse, costs } = plan;
      return { plan, outputRelativeMse, latency: timedAs(costs.latency, costs.latency, 0.03) } as TriedPlan;
    }),
    teacher: { score: null, latency: timedAs(1) },
    given: null,
    rankCorrelation: null,
  });
  return async (budget: Budget) => {
    const { chosen, isKept, alike } = await choosePlan(planning, { budget, tries: 3, tryThem });
    return {
      chosen: chosen && fusing.indexOf(chosen),
      isKept,
      alike: alike.map(({ plan }) => fusing.indexOf(plan)),
    };
  };
}

const half = { of: 'latency', amount: { value: 0.5, isShare: true } } as const;

test('what times can’t tell from the limit keeps to it, and plans alike in time and error are named', async () => {
  const choose = triedAs([
    [0.49, 0.2],
    [0.51, 0.19],
    [0.6, 0.01],
  ]);
  expect(await choose(half)).toEqual({ chosen: 1, isKept: true, alike: [0] });
  // The second is as fast as the first as far as times tell.
  expect(await choose({ of: 'error', most: 0.5 })).toEqual({ chosen: 1, isKept: true, alike: [0] });
  expect(await choose({ of: 'error', most: 0.1 })).toEqual({ chosen: 2, isKept: true, alike: [] });
});

test('a share that is much more than the limit doesn’t keep to it, however little is known of it', () => {
  expect(keepsLatency({ median: 0.52, low: 0.49, high: 0.55 }, 0.5)).toBe(true);
  expect(keepsLatency({ median: 0.52, low: 0.51, high: 0.55 }, 0.5)).toBe(false);
  expect(keepsLatency({ median: 0.55, low: 0.3, high: 0.9 }, 0.5)).toBe(false);
  expect(keepsLatency({ median: 0.5, low: 0.3, high: 0.9 }, 0.5)).toBe(true);
});

test('no plan is chosen that leaves no more of the outputs than a constant does', async () => {
  const useless = triedAs([
    [0.3, 278],
    [0.4, 1],
  ]);
  expect(await useless(half)).toEqual({ chosen: undefined, isKept: false, alike: [] });
  const choose = triedAs([
    [0.3, 1.08],
    [0.7, 0.9],
  ]);
  expect(await choose(half)).toEqual({ chosen: 1, isKept: false, alike: [] });
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
