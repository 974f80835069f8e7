import { FuseInitError } from '@fuseinit/core';

/** What a refusal tells: its code, the layer it names and its message. */
export interface Refusal {
  readonly code: string;
  readonly layerName: string | undefined;
  readonly message: string;
}

/** The refusal that `run` ends in; undefined when it ends well. An error of another kind is thrown on. */
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
