import { rankCorrelationOf } from './rank-correlation.js';
import { scaledLatency } from './scaled-latency.js';
import type { Trials } from './trials.js';

/**
 * Trials of the same teacher as one, from the cheapest predicted on; times as they would be beside the first
 * teacher's.
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
