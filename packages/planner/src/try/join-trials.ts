import { rankCorrelationOf } from './rank-correlation.js';
import { scaledLatency } from './scaled-latency.js';
import type { Trials } from './trials.js';

/**
 * Joins two sets of trials of the same teacher, in order of decreasing predicted error, so from the cheapest
 * plan. Times are scaled to the teacher's latency in the first.
 */
export function joinTrials(first: Trials, second: Trials): Trials {
  const factor = first.teacher.latency.median / second.teacher.latency.median;
  const scaled = second.plans.map((tried) => ({ ...tried, latency: scaledLatency(tried.latency, factor) }));
  const plans = [...first.plans, ...scaled].sort(
    (a, b) => b.plan.outputRelativeMse - a.plan.outputRelativeMse,
  );
  const { teacher, given } = first;
  return { plans, teacher, given, rankCorrelation: rankCorrelationOf(plans) };
}
