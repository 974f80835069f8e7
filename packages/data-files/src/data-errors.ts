import { FuseInitError } from '@fuseinit/core';

/**
 * What to throw about what a file or a folder holds.
 *
 * @param name Its path, and what part of it.
 * @param what Begins with a verb; says what came, what was expected and what to do.
 */
export function invalid(name: string, what: string, cause?: unknown): FuseInitError {
  return new FuseInitError('DATA_FILE_INVALID', `${name} ${what}`, cause === undefined ? {} : { cause });
}

/** What to throw when a path can't be read. */
export function unreadable(path: string, cause: unknown): FuseInitError {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return invalid(path, `can't be read: ${message}.`, cause);
  return new FuseInitError(
    'DATA_FILE_MISSING',
    `${path} isn't there: the path of a file or a folder was expected. Check its spelling and the working directory.`,
    { cause },
  );
}

/** What to throw about an argument. */
export function unfit(what: string): FuseInitError {
  return new FuseInitError('ARGUMENT_INVALID', what);
}
