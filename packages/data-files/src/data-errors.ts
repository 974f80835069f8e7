import { FuseInitError } from '@fuseinit/core';

/**
 * Makes the error for wrong contents of a file or a folder.
 *
 * @param name The path, and the part of it.
 * @param what A predicate that says what is wrong, what was expected and what to do.
 */
export function invalid(name: string, what: string, cause?: unknown): FuseInitError {
  return new FuseInitError('DATA_FILE_INVALID', `${name} ${what}`, cause === undefined ? {} : { cause });
}

/** Makes the error for a path that can't be read. */
export function unreadable(path: string, cause: unknown): FuseInitError {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return invalid(path, `can't be read: ${message}.`, cause);
  return new FuseInitError(
    'DATA_FILE_MISSING',
    `${path} isn't there: the path of a file or a folder was expected. Check its spelling and the working directory.`,
    { cause },
  );
}

/** Makes the error for a wrong argument. */
export function unfit(what: string): FuseInitError {
  return new FuseInitError('ARGUMENT_INVALID', what);
}
