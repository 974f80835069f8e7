import { sampleRankCorrelation } from 'simple-statistics';
import type { TriedPlan } from './trials.js';

/**
 * Spearman's rank correlation of the plans' predicted errors with the measured errors of the students'
 * outputs; null for fewer than three plans.
 */
export function rankCorrelationOf(plans: readonly TriedPlan[]): number | null {
  if (plans.length < 3) return null;
  return sampleRankCorrelation(
    plans.map(({ plan }) => plan.outputRelativeMse),
    plans.map(({ outputRelativeMse }) => outputRelativeMse),
  );
}
