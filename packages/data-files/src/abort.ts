import { FuseInitError } from '@fuseinit/core';

/** @throws ABORTED with the signal's reason as cause. */
export function requireNotAborted(signal: AbortSignal | undefined, name: string): void {
  if (!signal?.aborted) return;
  throw new FuseInitError('ABORTED', `Stopped by the caller's signal while reading ${name}.`, {
    cause: signal.reason,
  });
}
