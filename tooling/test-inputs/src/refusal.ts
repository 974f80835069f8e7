import { FuseInitError } from '@fuseinit/core';

/** The FuseInitError that a call ends in; anything else fails the test. */
export async function refusalOf(call: () => unknown): Promise<FuseInitError> {
  try {
    await call();
  } catch (error) {
    if (FuseInitError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}
