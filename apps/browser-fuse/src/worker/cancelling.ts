import { FuseInitError } from '@fuseinit/core';

/**
 * Lets messages in, so that a cancel is heard: awaiting data does so on WebGL, but not on backends that have the
 * numbers at hand.
 */
export function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** @throws ABORTED once the signal has fired. */
export function requireRunning(signal: AbortSignal): void {
  if (signal.aborted) throw new FuseInitError('ABORTED', 'Stopped.');
}
