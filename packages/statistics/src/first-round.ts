import { fewestSamples } from './create-held-out-rows.js';

/**
 * Samples of the first round of a {@link Settling}: four rows to solve on for each input, since a solution from fewer
 * says little about the next; 128 at least; and as many as hold out eight.
 *
 * @param heldOut Share of the samples held out, above 0.
 */
export function firstRound(options: {
  readonly patchSize: number;
  readonly rowsPerSample: number;
  readonly heldOut: number;
}): number {
  const { patchSize, rowsPerSample, heldOut } = options;
  const forRows = (4 * patchSize) / (rowsPerSample * (1 - heldOut));
  return Math.ceil(Math.max(128, forRows, (fewestSamples + 1) / heldOut));
}
