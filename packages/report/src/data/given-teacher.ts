import type { ModelCost } from '@fuseinit/tfjs';
import type { ValueError } from './answers.js';
import type { NetworkLatency } from './latency-report.js';

/**
 * The teacher as it was given, where the teacher of a report is its simplified form: both predict the same
 * but for rounding, and what simplifying gained is no gain of the fusion.
 */
export interface GivenTeacher {
  readonly name: string;
  readonly cost: ModelCost;
  /** Null where none was measured. */
  readonly latency: NetworkLatency | null;
  /** The simplified teacher's outputs against these: mean square error over variance, one for each output. */
  readonly relativeMse: readonly number[];
  /**
   * Share of answers (classes, or labels one by one) that the simplified teacher gives too, 0 to 1; null
   * where there are none.
   */
  readonly agreement: number | null;
  /** Share of answers that are right, 0 to 1; null where no labels of classes came. */
  readonly accuracy: number | null;
  /**
   * Share of samples of which every label is right; null where outputs don't tell labels apart one by one.
   */
  readonly exactMatch: number | null;
  /** Null where no labels of numbers came. */
  readonly error: ValueError | null;
}
