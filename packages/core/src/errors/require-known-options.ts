import { FuseInitError } from './fuse-init-error.js';
import { didYouMean } from './known-names.js';

/**
 * Refuses options that a function doesn't have. Without type checking, a misspelt option would otherwise be
 * ignored silently.
 *
 * @param call The name of the function, for the message.
 * @param known The names of all options that the function has.
 * @throws ARGUMENT_INVALID with the unknown option and a list of the known ones.
 */
export function requireKnownOptions<Options extends object>(
  call: string,
  options: Options,
  known: Readonly<Record<keyof Options, true>>,
): void {
  const unknown = Object.keys(options ?? {}).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    `${call} has no option ${JSON.stringify(unknown)}.${didYouMean(unknown, Object.keys(known))} It has ${Object.keys(known).join(', ')}.`,
  );
}
