import { FuseInitError } from '@fuseinit/core';

/** The code of a refusal, the layer that it names and its message. */
export interface Refusal {
  readonly code: string;
  readonly layerName: string | undefined;
  readonly message: string;
}

/** The refusal that `run` throws; undefined if it succeeds. Errors of other kinds are rethrown. */
export function refusalOf(run: () => unknown): Refusal | undefined {
  try {
    run();
  } catch (error) {
    if (!FuseInitError.isInstance(error)) throw error;
    const { code, layerName, message } = error;
    return { code, layerName, message };
  }
  return undefined;
}
