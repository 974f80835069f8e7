import { FuseInitError } from '@fuseinit/core';

/** The error for a file that can't be read. */
export function unreadable(path: string, cause: unknown, expected: string): FuseInitError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR'
    ? new FuseInitError('MODEL_FILE_MISSING', `${path} isn't there. ${expected}.`, { cause })
    : new FuseInitError('MODEL_FILE_INVALID', `${path} can't be read (${message}). ${expected}.`, { cause });
}

/** The error for a model that can't be written. */
export function unwritable(path: string, cause: unknown): FuseInitError {
  return new FuseInitError(
    'MODEL_FILE_UNWRITABLE',
    `${path} can't be written (${(cause as Error).message}). What was saved there before is unchanged; choose a folder that can be written and has room.`,
    { cause },
  );
}
