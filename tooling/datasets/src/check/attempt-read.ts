import { invalid } from './data-errors.js';

/**
 * What reading a path gives; undefined where nothing is there.
 *
 * @throws DATA_FILE_INVALID for a folder that is a file, a file that is a folder, or what may not be read.
 */
export function attemptRead<Content>(path: string, read: (path: string) => Content): Content | undefined {
  try {
    return read(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw invalid(path, `can't be read: ${message}`, cause);
  }
}
