import { advantage, type EpochLine, hasDiverged, type Score, type Task } from './result-line.js';

/** The learning rate of one arm of one stage, and the basis of its choice. */
export interface ChosenRate {
  readonly rate: number;
  /**
   * The candidates in increasing order of rates. `validation` is the mean over tuning seeds of the last
   * epoch's score, NaN if a run diverged.
   */
  readonly candidates: readonly { readonly rate: number; readonly validation: number }[];
}

/**
 * Chooses the rate with the best mean validation score after the last epoch, over the tuning seeds. Lines of
 * trials, of other arms and stages and of earlier epochs are ignored, and so is a rate that some tuning seed
 * hasn't finished. A rate with a diverged run loses against any without; the smaller rate wins a tie.
 *
 * @param epochs The number of epochs of a finished run.
 * @returns Undefined if no rate is finished.
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

/** Returns the mean, or NaN if one has diverged. */
function meanScore(scores: readonly Score[]): number {
  if (scores.some(hasDiverged)) return Number.NaN;
  return scores.reduce((sum, { score }) => sum + score, 0) / scores.length;
}
