import type { ReadSums } from './layer-tally.js';

/** What a batch gave, read. */
export interface BatchValues {
  readonly teacher: readonly ArrayLike<number>[];
  readonly student: readonly ArrayLike<number>[];
  /** Of the fused layers, in order. */
  readonly layers: readonly ReadSums[];
}
