import { FuseInitError } from './fuse-init-error.js';

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
  const like = Object.keys(known).find((name) => lettersOf(name) === lettersOf(unknown));
  const meant = like === undefined ? '' : ` Did you mean ${like}?`;
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    `${call} has no option ${JSON.stringify(unknown)}.${meant} It has ${Object.keys(known).join(', ')}.`,
  );
}

/** The part of a name that two spellings have in common: its first and last letters and its consonants. */
function lettersOf(name: string): string {
  const letters = name.toLowerCase().replaceAll(/[^a-z]/g, '');
  return (
    letters.slice(0, 1) +
    letters
      .slice(1)
      .replaceAll(/[aeiou]/g, '')
      .replaceAll(/(.)\1+/g, '$1')
  );
}
