import type { ReadSums } from './layer-tally.js';

/** What a batch gave, read. */
export interface BatchValues {
  /** Of the teacher as it was given; none where the teacher is that. */
  readonly given: readonly ArrayLike<number>[];
  readonly teacher: readonly ArrayLike<number>[];
  readonly student: readonly ArrayLike<number>[];
  /** Of the fused layers, in order. */
  readonly layers: readonly ReadSums[];
}
