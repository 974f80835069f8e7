import { hasDiverged } from './diverged.js';
import type { EpochLine, Score } from './result-line.js';
import { advantage, type Task } from './task.js';

/** The rate of one arm of one stage, and what it was chosen from. */
export interface ChosenRate {
  readonly rate: number;
  /**
   * By rising rate. `validation` is the mean over tuning seeds of the last epoch's score, NaN where a run
   * diverged.
   */
  readonly candidates: readonly { readonly rate: number; readonly validation: number }[];
}

/**
 * The rate with the best mean validation score after the last epoch, over the tuning seeds.
 *
 * Lines of trials, of other arms and stages and of earlier epochs count for nothing, nor does a rate that not
 * every tuning seed has finished. A rate with a diverged run loses to any without; the smaller rate wins a
 * tie.
 *
 * @param epochs That a finished run has.
 * @returns Undefined where no rate is finished.
 */
export function chosenRate(
  lines: readonly EpochLine[],
  key: { readonly stage: number; readonly arm: string },
  task: Task,
  epochs: number,
): ChosenRate | undefined {
  const finished = lines.filter(
    ({ purpose, stage, arm, epoch }) =>
      purpose === 'tuning' && stage === key.stage && arm === key.arm && epoch === epochs,
  );
  const seeds = new Set(finished.map(({ seed }) => seed));
  const candidates = [...new Set(finished.map(({ rate }) => rate))]
    .sort((a, b) => a - b)
    .flatMap((rate) => {
      const scores = finished.filter((line) => line.rate === rate).map(({ validation }) => validation);
      return scores.length === seeds.size ? [{ rate, validation: meanScore(scores) }] : [];
    });
  const [first, ...others] = candidates;
  if (!first) return undefined;
  const best = others.reduce(
    (best, candidate) =>
      advantage(task, candidate.validation, best.validation) > 0 ||
      (Number.isNaN(best.validation) && !Number.isNaN(candidate.validation))
        ? candidate
        : best,
    first,
  );
  return { rate: best.rate, candidates };
}

/** NaN where one has diverged. */
function meanScore(scores: readonly Score[]): number {
  if (scores.some(hasDiverged)) return Number.NaN;
  return scores.reduce((sum, { score }) => sum + score, 0) / scores.length;
}
