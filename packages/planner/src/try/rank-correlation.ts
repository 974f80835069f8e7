import { sampleRankCorrelation } from 'simple-statistics';
import type { TriedPlan } from './trials.js';

/** Spearman's, of predicted errors with those of the students' outputs; null for fewer than three plans. */
export function rankCorrelationOf(plans: readonly TriedPlan[]): number | null {
  if (plans.length < 3) return null;
  return sampleRankCorrelation(
    plans.map(({ plan }) => plan.outputRelativeMse),
    plans.map(({ outputRelativeMse }) => outputRelativeMse),
  );
}
