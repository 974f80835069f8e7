import fc from 'fast-check';
import { FuseInitError, type FuseInitErrorCode } from '../errors/fuse-init-error.js';

/** Asserts a property on the same random draws in every run. */
export function holds<T>(property: fc.IProperty<T>, numRuns = 60): void {
  fc.assert(property, { seed: 2001, numRuns });
}

/**
 * Seeds for {@link randomArray}. Drawing a seed instead of the numbers keeps a counterexample to one line.
 */
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
