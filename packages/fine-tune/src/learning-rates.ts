import { type FineTuneOptions, requireRate } from './fine-tune-options.js';
import type { RateSearch } from './fine-tune-state.js';

/** The learning rates of one epoch. */
export interface EpochRates {
  /** The rate at its first step, apart from the warm-up. */
  readonly learningRate: number;
  /** The rate of a step, by the number of its batch. */
  at(batch: number): number;
}

/**
 * The learning rates of an epoch: as given, or falling along a cosine from the one that was found to 0.
 *
 * @param batches The number of batches of an epoch, if it is known.
 * @throws ARGUMENT_INVALID if a function of the epoch returns no valid rate.
 */
export function epochRates(
  { learningRate: given = 1e-4, warmUp = 0, epochs }: FineTuneOptions,
  epoch: number,
  batches: number | undefined,
  search: RateSearch | null,
): EpochRates {
  // Where the number of batches isn't known, the rate is the same for a whole epoch.
  const share = (batch: number) => (epoch + (batches === undefined ? 0 : batch / batches)) / epochs;
  const decayed = (batch: number) => search!.learningRate * cosineDecay(share(batch));
  const learningRate = given === 'auto' ? decayed(0) : typeof given === 'function' ? given(epoch) : given;
  requireRate(learningRate);
  const stepsToWarmUp = warmUp * (batches ?? 0);
  const warmth = (batch: number) =>
    stepsToWarmUp > 0 ? Math.min(1, (epoch * batches! + batch + 1) / stepsToWarmUp) : 1;
  return {
    learningRate,
    at: (batch) => (given === 'auto' ? decayed(batch) : learningRate) * warmth(batch),
  };
}

/** Falls from 1 to 0 along half a cosine as `share` grows from 0 to 1. */
export function cosineDecay(share: number): number {
  return (1 + Math.cos(Math.PI * share)) / 2;
}
