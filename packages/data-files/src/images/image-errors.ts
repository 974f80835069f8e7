import { FuseInitError } from '@fuseinit/core';
import { invalid } from '../data-errors.js';
import type { OptionName } from '../source-options.js';

/** What to throw when an image can't be read. */
export function unreadableImage(path: string, cause: unknown, optionName: OptionName): FuseInitError {
  if (FuseInitError.isInstance(cause)) return cause;
  return invalid(
    path,
    `can't be read as an image: ${(cause as Error).message}. Replace it, or leave out what can't be read with ${optionName('skipUnreadable')}.`,
    cause,
  );
}
