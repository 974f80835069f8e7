import type { Computation } from '../linear-algebra/computation.js';
import type { RidgeCandidate } from './solve-diagnostics.js';

const largestExponent = 3;
const smallestExponent = -10;
/** A smaller held-out error than this share is noise: the larger ridge is kept. */
const worthwhile = 1e-3;
/** Beyond so many times the least error, a rising error is taken to go on rising. */
const hopeless = 2;

/** An attempt at one ridge, and whether its matrix would be sound without any. */
export interface RidgeAttempt extends RidgeCandidate {
  readonly holdsWithoutRidge: boolean;
}

/** The chosen attempt, all that were made in the order of their ridges, and whether the choice lies at an end of the range. */
export interface RidgeChoice<A> {
  readonly best: A;
  readonly candidates: readonly RidgeCandidate[];
  /** Where the held-out error was still falling when the range ended. */
  readonly edge: 'smallest' | 'largest' | null;
}

/**
 * The ridge of least held-out error among the powers of ten from `10 ** floor` to 1000, and 0 where the smallest of them
 * is the best and the matrix is sound without a ridge.
 *
 * Every second power is tried, from the smallest on, until the error has risen twice in a row to more than twice the
 * least; then the neighbours of the best. The error changes over about two decades for each direction of the inputs, so
 * that plateaus are walked over and no valley lies between two powers. Of ridges whose errors differ by less than a
 * thousandth, the largest is taken.
 *
 * Source: docs/math.md, section 1.
 */
export function* chooseRidge<A extends RidgeAttempt>(
  floor: number,
  attemptWith: (ridge: number) => Computation<A>,
): Computation<RidgeChoice<A>> {
  const attempts = new Map<number, A>();
  function* attempt(exponent: number): Computation<A> {
    const made = yield* attemptWith(exponent === Number.NEGATIVE_INFINITY ? 0 : Number(`1e${exponent}`));
    attempts.set(exponent, made);
    return made;
  }
  const errorAt = (exponent: number) => attempts.get(exponent)!.heldOutRelativeMse;
  const bestExponent = () => {
    const least = Math.min(...[...attempts.values()].map(({ heldOutRelativeMse }) => heldOutRelativeMse));
    const level = [...attempts.keys()].filter((exponent) => errorAt(exponent) * (1 - worthwhile) <= least);
    return Math.max(...level);
  };

  let rises = 0;
  for (let exponent = floor; exponent <= largestExponent; exponent += 2) {
    const { heldOutRelativeMse } = yield* attempt(exponent);
    const least = errorAt(bestExponent());
    rises = exponent > floor && heldOutRelativeMse > errorAt(exponent - 2) ? rises + 1 : 0;
    if (rises >= 2 && heldOutRelativeMse > hopeless * least) break;
  }
  const middle = bestExponent();
  for (const exponent of [middle - 1, middle + 1]) {
    if (exponent >= floor && exponent <= largestExponent && !attempts.has(exponent)) yield* attempt(exponent);
  }
  if (bestExponent() === floor && attempts.get(floor)!.holdsWithoutRidge) {
    yield* attempt(Number.NEGATIVE_INFINITY);
  }
  const chosen = bestExponent();
  return {
    best: attempts.get(chosen)!,
    candidates: [...attempts.values()]
      .map(({ ridge, heldOutRelativeMse }) => ({ ridge, heldOutRelativeMse }))
      .sort((one, other) => one.ridge - other.ridge),
    edge:
      chosen === largestExponent
        ? 'largest'
        : chosen === floor && !attempts.has(Number.NEGATIVE_INFINITY)
          ? 'smallest'
          : null,
  };
}

/**
 * The exponent of the smallest ridge worth trying: rounding of the sums moves every eigenvalue by about so much of an
 * input's variance.
 *
 * @param rounding Share of an input's variance that rounding can make or take.
 */
export function floorOf(rounding: number): number {
  const exponent = Math.round(Math.log10(rounding));
  return Math.min(largestExponent, Math.max(smallestExponent, exponent));
}
