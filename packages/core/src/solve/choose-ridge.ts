import type { Computation } from '../linear-algebra/computation.js';
import type { RidgeCandidate } from './solve-diagnostics.js';

const smallest = 1e-8;
const largest = 1e3;
/** A smaller held-out error than this share is noise: the larger ridge is kept, and no more is tried. */
const worthwhile = 1e-3;

/**
 * The ridge of least held-out error among the powers of ten from 1e-8 to 1000.
 *
 * Walks from `start` in the direction in which the error falls and stops where it no longer does by a thousandth: each
 * try is a factorisation, and held-out error over the ridge has one valley but for noise.
 */
export function* chooseRidge<A extends RidgeCandidate>(
  start: number,
  attemptWith: (ridge: number) => Computation<A>,
): Computation<{ best: A; candidates: RidgeCandidate[] }> {
  const candidates: RidgeCandidate[] = [];
  function* attempt(ridge: number): Computation<A> {
    const made = yield* attemptWith(ridge);
    candidates.push({ ridge, heldOutRelativeMse: made.heldOutRelativeMse });
    return made;
  }
  let best = yield* attempt(start);
  for (const step of [1, -1]) {
    let improved = false;
    for (let exponent = Math.log10(start) + step; ; exponent += step) {
      const ridge = Number(`1e${Math.round(exponent)}`);
      if (ridge > largest || ridge < smallest) break;
      const next = yield* attempt(ridge);
      if (next.heldOutRelativeMse >= best.heldOutRelativeMse * (1 - worthwhile)) break;
      best = next;
      improved = true;
    }
    if (improved) break;
  }
  return { best, candidates };
}

/** Where to begin: the fewer rows for an input, the more the ridge has to do. A tenth of inputs over rows. */
export function ridgeToStartFrom(patchSize: number, count: number): number {
  const exponent = Math.round(Math.log10(patchSize / (10 * count)));
  return Number(`1e${Math.min(3, Math.max(-8, Number.isFinite(exponent) ? exponent : -4))}`);
}
