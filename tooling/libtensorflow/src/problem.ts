import { FuseInitError } from '@fuseinit/core';

/** Something that stands in the way, in words that say what to do; it is shown without a stack. */
export function problem(message: string, cause?: unknown): FuseInitError {
  return new FuseInitError('BACKEND_UNAVAILABLE', message, cause === undefined ? {} : { cause });
}
