import { arms } from '../arm.js';
import type { Experiment } from '../experiment.js';

/** All arms. */
export const allArms = arms.map(({ name }) => name);

/** Seeds of trials; those that rates are chosen by are apart. */
export const tenSeeds = {
  tuning: [1001],
  trials: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
} as const satisfies Experiment['seeds'];

/**
 * A factor of five between neighbours: what suits a good start stands there beside what suits random weights.
 */
export const rateGrid = [2e-4, 1e-3, 5e-3] as const;

/** The published schedule, as shares of the epochs: 1e-3, 5e-4 after 15 and 3e-4 after 25 of 50. */
export const publishedSchedule = [
  { from: 0, factor: 1 },
  { from: 0.3, factor: 0.5 },
  { from: 0.5, factor: 0.3 },
] as const satisfies Experiment['schedule'];

export const constantRate = [{ from: 0, factor: 1 }] as const satisfies Experiment['schedule'];
