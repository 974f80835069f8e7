import type { ModelCost } from '@fuseinit/tfjs';
import type { ValueError } from './answers.js';
import type { NetworkLatency } from './latency-report.js';

/**
 * The teacher as it was given, where the teacher of a report is its simplified form: both predict the same but for rounding,
 * and what simplifying gained is no gain of the fusion.
 */
export interface GivenTeacher {
  readonly name: string;
  readonly cost: ModelCost;
  /** Null where none was measured. */
  readonly latency: NetworkLatency | null;
  /** The simplified teacher's outputs against these: mean square error over variance, one for each output. */
  readonly relativeMse: readonly number[];
  /** Share of samples for which the simplified teacher answers the same, 0 to 1; null where answers are no classes. */
  readonly agreement: number | null;
  /** 0 to 1; null where no labels of classes came. */
  readonly accuracy: number | null;
  /** Null where no labels of numbers came. */
  readonly error: ValueError | null;
}
