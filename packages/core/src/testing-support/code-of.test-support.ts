import { FuseInitError, type FuseInitErrorCode } from '../errors/fuse-init-error.js';

/** The code of the error that `run` throws; undefined when it throws none or another. */
export function codeOf(run: () => unknown): FuseInitErrorCode | undefined {
  try {
    run();
  } catch (error) {
    return FuseInitError.isInstance(error) ? error.code : undefined;
  }
  return undefined;
}
