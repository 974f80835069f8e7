import type { FuseReport, LayersModel } from '@fuseinit/tfjs';
import type { Latency } from '../costs/measure-latency.js';
import type { Plan } from '../plan/plan.js';
import type { Score } from './evaluate.js';

/** A plan that was carried out, with the measurements of its student. */
export interface TriedPlan {
  readonly plan: Plan;
  /** The student itself, if students are kept. The caller disposes of it. */
  readonly student?: LayersModel;
  readonly report: FuseReport;
  /** The relative MSE of the first output on held-out samples, which the plan's predicted error estimates. */
  readonly outputRelativeMse: number;
  readonly score: Score | null;
  readonly latency: Latency;
}

/** The plans that were tried, with their measurements. */
export interface Trials {
  readonly plans: readonly TriedPlan[];
  readonly teacher: { readonly score: Score | null; readonly latency: Latency };
  /** The measurements of the original teacher, if it was given; otherwise null. */
  readonly given: { readonly score: Score | null; readonly latency: Latency } | null;
  /**
   * Spearman's rank correlation of the plans' predicted errors with the measured errors of their students'
   * outputs: 1 where predictions rank the plans correctly; null for fewer than three plans.
   */
  readonly rankCorrelation: number | null;
}
