import type { Trials, TriedPlan } from '@fuseinit/planner';
import { sampleRankCorrelation } from 'simple-statistics';

/** Trials of the same teacher as one, from the cheapest predicted on; times as they would be beside the first teacher's. */
export function joinTrials(first: Trials, second: Trials): Trials {
  const factor = first.teacher.latency.median / second.teacher.latency.median;
  const plans = [...first.plans, ...second.plans.map((tried) => scaled(tried, factor))].sort(
    (a, b) => b.plan.outputRelativeMse - a.plan.outputRelativeMse,
  );
  return {
    plans,
    teacher: first.teacher,
    rankCorrelation:
      plans.length < 3
        ? null
        : sampleRankCorrelation(
            plans.map(({ plan }) => plan.outputRelativeMse),
            plans.map(({ outputRelativeMse }) => outputRelativeMse),
          ),
  };
}

function scaled(tried: TriedPlan, factor: number): TriedPlan {
  const { first, median, low, high, count } = tried.latency;
  return {
    ...tried,
    latency: { first, median: median * factor, low: low * factor, high: high * factor, count },
  };
}
