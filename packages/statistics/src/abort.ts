import { FuseInitError } from '@fuseinit/core';

/**
 * Stops work that its caller cancelled.
 *
 * @throws ABORTED with the signal's reason as cause.
 */
export function requireNotAborted(signal: AbortSignal | undefined, during: string): void {
  if (!signal?.aborted) return;
  throw new FuseInitError('ABORTED', `Stopped by the caller's signal at ${JSON.stringify(during)}.`, {
    cause: signal.reason,
  });
}
