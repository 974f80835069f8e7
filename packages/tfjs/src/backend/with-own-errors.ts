import { FuseInitError, type FuseInitErrorCode } from '@fuseinit/core';
import { LinalgError, type LinalgErrorCode } from '@fuseinit/linalg';

const codes: Partial<Record<LinalgErrorCode, FuseInitErrorCode>> = {
  MEMORY_TOO_SMALL: 'TENSOR_TOO_LARGE',
  SHAPE_MISMATCH: 'SHAPE_MISMATCH',
  ARGUMENT_INVALID: 'ARGUMENT_INVALID',
};

/** Does some work of the linear algebra, whose errors come as ours. */
export async function withOwnErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof LinalgError)) throw cause;
    throw new FuseInitError(codes[cause.code] ?? 'BACKEND_UNAVAILABLE', cause.message, { cause });
  }
}
