import type { Computation } from '../linear-algebra/computation.js';
import type { RidgeCandidate } from './solve-diagnostics.js';

/** The default ridge, relative to the variance of an input. */
export const defaultRidge = 1e-6;
/** The ridge to use instead of `'auto'` where there are no held-out data to choose one with. */
export const ridgeWithoutHeldOut = 1e-3;

const largestExponent = 3;
const smallestExponent = -10;
/**
 * The relative gain in held-out error below which a smaller ridge counts as noise and the larger one is kept.
 */
const worthwhileGain = 1e-3;
/** The multiple of the least error beyond which the error is assumed to keep rising. */
const hopelessRatio = 2;

/** A solution with one ridge, and whether its matrix would have full rank without any. */
export interface RidgeAttempt extends RidgeCandidate {
  readonly holdsWithoutRidge: boolean;
}

/** The chosen attempt, and how it was chosen. */
export interface RidgeChoice<Attempt> {
  readonly best: Attempt;
  /** All ridges that were tried, from the smallest to the largest. */
  readonly candidates: readonly RidgeCandidate[];
  /** The end of the range at which the held-out error was still falling; null where the best lies inside. */
  readonly edge: 'smallest' | 'largest' | null;
}

/**
 * The ridge of least held-out error among the powers of ten from `10 ** floor` to 1000, or 0 where the
 * smallest of them is the best and the matrix has full rank without a ridge.
 *
 * Every second power is tried, from the smallest upwards, until the error has risen twice in a row to more
 * than twice the least; then the neighbours of the best are tried. The error changes over about two decades
 * for each direction of the inputs, so plateaus are crossed and no minimum is missed between two powers.
 * Among ridges whose errors differ by less than a thousandth, the largest is chosen.
 *
 * Source: docs/math.md, section 1.
 */
export function* chooseRidge<Attempt extends RidgeAttempt>(
  floor: number,
  attemptWith: (ridge: number) => Computation<Attempt>,
): Computation<RidgeChoice<Attempt>> {
  const attempts = new Map<number, Attempt>();
  function* attempt(exponent: number): Computation<Attempt> {
    const made = yield* attemptWith(exponent === Number.NEGATIVE_INFINITY ? 0 : Number(`1e${exponent}`));
    attempts.set(exponent, made);
    return made;
  }
  const errorAt = (exponent: number) => attempts.get(exponent)!.heldOutRelativeMse;
  const bestExponent = () => {
    const least = Math.min(...[...attempts.values()].map(({ heldOutRelativeMse }) => heldOutRelativeMse));
    const level = [...attempts.keys()].filter(
      (exponent) => errorAt(exponent) * (1 - worthwhileGain) <= least,
    );
    return Math.max(...level);
  };

  let rises = 0;
  for (let exponent = floor; exponent <= largestExponent; exponent += 2) {
    const { heldOutRelativeMse } = yield* attempt(exponent);
    const least = errorAt(bestExponent());
    rises = exponent > floor && heldOutRelativeMse > errorAt(exponent - 2) ? rises + 1 : 0;
    if (rises >= 2 && heldOutRelativeMse > hopelessRatio * least) break;
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
 * The exponent of the smallest ridge worth trying: rounding of the sums moves every eigenvalue by about this
 * share of an input's variance.
 *
 * @param rounding The share of an input's variance that rounding can add or remove.
 */
export function floorOf(rounding: number): number {
  const exponent = Math.round(Math.log10(rounding));
  return Math.min(largestExponent, Math.max(smallestExponent, exponent));
}

/**
 * The variance that the ridge is relative to, for each input of a patch [...positions, channels]: the mean
 * variance of its channel over the positions, which have the same units. An input that is rarely active at
 * one position, such as a pixel at the border, then gets no larger weight than its few samples support.
 *
 * @param variances [patchSize], including those of constant inputs.
 * @param inChannels The number of channels of the patch, a divisor of its size; without it, each input is its
 *   own channel.
 * @param standardize Whether to scale by channel; if false, the mean variance of all inputs is used.
 * @returns [patchSize]
 */
export function ridgeScales(
  variances: Float64Array,
  inChannels: number | undefined,
  standardize: boolean,
): Float64Array {
  const channels = !standardize ? 1 : isDivisor(inChannels, variances.length) ? inChannels : variances.length;
  const means = new Float64Array(channels);
  for (let input = 0; input < variances.length; input++)
    means[input % channels]! += (variances[input]! * channels) / variances.length;
  return Float64Array.from(variances, (_, input) => means[input % channels]!);
}

function isDivisor(channels: number | undefined, size: number): channels is number {
  return channels !== undefined && Number.isInteger(channels) && channels > 0 && size % channels === 0;
}
