/**
 * What a network is for, which decides what its score is: a share of right classes, or a relative square
 * error.
 */
export type Task = 'classification' | 'regression';

/** Shares of right classes are the better the larger they are, errors the smaller. */
const direction: Readonly<Record<Task, 1 | -1>> = { classification: 1, regression: -1 };

/** By how much `score` is better than `other`, in the score's own unit; negative where it is worse. */
export function advantage(task: Task, score: number, other: number): number {
  // Not (score - other) * direction, which makes -0 of equal errors.
  return direction[task] === 1 ? score - other : other - score;
}
