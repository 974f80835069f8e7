import type { RowsError } from '@fuseinit/core';

/** Of a variance: less error than this is no matter in any network. */
export const littleError = 1e-3;
/**
 * Of the error. Two standard errors of so much are a third; more of them wouldn't leave 19 of 20 reports
 * within a third of the truth, the less so as a standard error of many small errors and a few large ones
 * tends to come out too small.
 */
const wideSpread = 0.15;
/** A standard error from fewer samples is a guess itself. */
const fewestHeldOut = 8;

/**
 * A warning where too few samples are held out to tell an error.
 *
 * @param of What the error is of, as it stands in a sentence.
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
