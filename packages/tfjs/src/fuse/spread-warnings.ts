import type { RowsError } from '@fuseinit/core';

/** A relative MSE below which an error doesn't matter in any network. */
export const littleError = 1e-3;
/**
 * The largest acceptable standard error, relative to the error. Two such standard errors are a third. With
 * larger ones, fewer than 19 of 20 reports would be within a third of the true error, especially since the
 * standard error tends to be underestimated where many errors are small and a few are large.
 */
const wideSpread = 0.15;
/** The fewest held-out samples that a standard error is reliable for. */
const fewestHeldOut = 8;

/**
 * Warns if there are too few held-out samples to determine an error.
 *
 * @param of The subject of the error, in words that fit into a sentence.
 */
export function spreadWarnings(
  of: string,
  { relativeMse, standardError }: RowsError,
  samples: number,
): string[] {
  if (relativeMse <= littleError) return [];
  const isSure = standardError !== undefined && standardError <= wideSpread * relativeMse;
  if (isSure && samples >= fewestHeldOut) return [];
  const spread =
    standardError === undefined ? '' : ` with a standard error of ${standardError.toPrecision(2)}`;
  return [
    `The held-out error of ${of} is ${relativeMse.toPrecision(2)}${spread}, from ${samples} samples: too few to tell it closely. Give more calibration data, or hold out a larger share of it.`,
  ];
}
