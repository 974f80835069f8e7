import { FuseInitError } from '@fuseinit/core';

/** Code and message of the FuseInitError that `run` throws, as one text; empty when it throws none. */
export function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (FuseInitError.isInstance(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return '';
}
