import { median } from 'simple-statistics';
import { advantage, type Task } from '../results/task.js';

/** How soon the runs of an arm are as good as others are in the end. */
export interface Reach {
  /**
   * Epochs that the middle run took, where those that never reached took longest; undefined if it never did.
   */
  readonly median: number | undefined;
  /** Runs that reached it at all. */
  readonly reached: number;
  readonly of: number;
}

/**
 * The first epoch whose score is no worse than `target`.
 *
 * @param scores By epoch, from 0, before training, on.
 * @returns Undefined where none is.
 */
export function epochsToReach(task: Task, scores: readonly number[], target: number): number | undefined {
  const epoch = scores.findIndex((score) => advantage(task, score, target) >= 0);
  return epoch < 0 ? undefined : epoch;
}

/** @param epochs Of each run; undefined for one that never reached. */
export function reachOf(epochs: readonly (number | undefined)[]): Reach | undefined {
  if (epochs.length === 0) return undefined;
  const middle = median(epochs.map((epoch) => epoch ?? Number.POSITIVE_INFINITY));
  return {
    median: Number.isFinite(middle) ? middle : undefined,
    reached: epochs.filter((epoch) => epoch !== undefined).length,
    of: epochs.length,
  };
}
