import { LinalgError } from '../linalg-error.js';

/** @throws ARGUMENT_INVALID unless the first are positive integers, and the second integers from 0. */
export function requireCounts(positive: Record<string, number>, others: Record<string, number> = {}): void {
  for (const [counts, least] of [
    [positive, 1],
    [others, 0],
  ] as const) {
    for (const [name, count] of Object.entries(counts)) {
      if (Number.isInteger(count) && count >= least) continue;
      throw new LinalgError(
        'ARGUMENT_INVALID',
        `${name} is ${count}: an integer from ${least} was expected.`,
      );
    }
  }
}

/** @throws SHAPE_MISMATCH unless both arrays hold as many whole rows, or samples. */
export function requireLengths(
  lengths: { readonly inputs: number; readonly targets: number },
  ofOne: { readonly inputs: number; readonly targets: number },
  count: number,
): void {
  if (Number.isInteger(count) && lengths.targets === count * ofOne.targets) return;
  throw new LinalgError(
    'SHAPE_MISMATCH',
    `${lengths.inputs} inputs and ${lengths.targets} targets came, ${ofOne.inputs} and ${ofOne.targets} of them at a time: as many of both were expected.`,
  );
}
