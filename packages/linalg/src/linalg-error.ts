/**
 * What went wrong, for programs:
 *
 * - `ARGUMENT_INVALID`: sizes, numbers of threads or instructions that make no sense.
 * - `SHAPE_MISMATCH`: arrays that don't fit each other or what they are added to.
 * - `MEMORY_TOO_SMALL`: more than WebAssembly's 4 GiB, or than the machine gives; nothing was allocated.
 * - `ENGINE_CLOSED`: after `close()`.
 * - `ENGINE_FAILED`: WebAssembly is missing or forbidden, or a thread ended by itself.
 */
export type LinalgErrorCode =
  | 'ARGUMENT_INVALID'
  | 'SHAPE_MISMATCH'
  | 'MEMORY_TOO_SMALL'
  | 'ENGINE_CLOSED'
  | 'ENGINE_FAILED';

/** The one error of this package. */
export class LinalgError extends Error {
  readonly code: LinalgErrorCode;

  constructor(code: LinalgErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LinalgError';
    this.code = code;
  }
}
