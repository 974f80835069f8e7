import type { FuseReport } from '@fuseinit/tfjs';
import type { Latency } from '../costs/measure-latency.js';
import type { Plan } from '../plan/plan.js';
import type { Score } from './evaluate.js';

/** A plan that was carried out, and how its student is. */
export interface TriedPlan {
  readonly plan: Plan;
  readonly report: FuseReport;
  /** Of the first output, on held-out samples: what the plan's predicted error stands for. */
  readonly outputRelativeMse: number;
  readonly score: Score | null;
  readonly latency: Latency;
}

/** Plans that were tried, with what was measured of them. */
export interface Trials {
  readonly plans: readonly TriedPlan[];
  readonly teacher: { readonly score: Score | null; readonly latency: Latency };
  /** The teacher before it was simplified, where that was given. */
  readonly given: { readonly score: Score | null; readonly latency: Latency } | null;
  /**
   * Spearman's, of the plans' predicted errors with those of their students' outputs: 1 where predictions
   * rank the plans as they are; null for fewer than three plans.
   */
  readonly rankCorrelation: number | null;
}
