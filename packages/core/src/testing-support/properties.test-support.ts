import fc from 'fast-check';
import { FuseInitError, type FuseInitErrorCode } from '../errors/fuse-init-error.js';

/** Asserts a property on the same draws in every run of the suite. */
export function holds<T>(property: fc.IProperty<T>, numRuns = 60): void {
  fc.assert(property, { seed: 2001, numRuns });
}

/** A seed for {@link randomArray}: numbers by the seed, so that a counterexample stays one line. */
export const seeds = fc.integer({ min: 1, max: 1_000_000 });

/** The code of the error that `run` throws; undefined when it throws none or another. */
export function codeOf(run: () => unknown): FuseInitErrorCode | undefined {
  try {
    run();
  } catch (error) {
    return FuseInitError.isInstance(error) ? error.code : undefined;
  }
  return undefined;
}
