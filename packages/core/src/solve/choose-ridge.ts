import type { RidgeCandidate } from './solve-diagnostics.js';

const start = 1e-4;
const smallest = 1e-8;
const largest = 1000;

/**
 * The ridge of least held-out error among the powers of ten from 1e-8 to 1.
 *
 * Walks from 1e-4 in the direction in which the error falls and stops at the first rise: each try is a factorisation,
 * and held-out error over the ridge has one valley but for noise.
 */
export function chooseRidge<A extends RidgeCandidate>(
  attemptWith: (ridge: number) => A,
): { best: A; candidates: RidgeCandidate[] } {
  const candidates: RidgeCandidate[] = [];
  const attempt = (ridge: number): A => {
    const made = attemptWith(ridge);
    candidates.push({ ridge, heldOutRelativeMse: made.heldOutRelativeMse });
    return made;
  };
  let best = attempt(start);
  for (const factor of [10, 0.1]) {
    let improved = false;
    for (let ridge = start * factor; ridge <= largest * 1.5 && ridge >= smallest / 1.5; ridge *= factor) {
      const next = attempt(Number(ridge.toPrecision(1)));
      if (next.heldOutRelativeMse >= best.heldOutRelativeMse) break;
      best = next;
      improved = true;
    }
    if (improved) break;
  }
  return { best, candidates };
}
