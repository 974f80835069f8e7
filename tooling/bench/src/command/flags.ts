import { parseArgs } from 'node:util';

/**
 * Reads flags that take one value each, by name.
 *
 * @throws Error if there is anything else.
 */
export function readFlags<Name extends string>(
  argv: readonly string[],
  names: readonly Name[],
): { readonly [flag in Name]?: string } {
  const { values } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' } as const])),
  });
  return values as { readonly [flag in Name]?: string };
}

/** @throws Error if the value isn't a whole number of at least 1. */
export function countOf(flag: string, value: string | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) {
    throw new Error(`--${flag} is ${value}: a whole number of at least 1 was expected.`);
  }
  return count;
}

/**
 * Reads a comma-separated list of choices and returns them in the order of `choices`; without a list it
 * returns all of them.
 *
 * @throws Error if one of them isn't a choice.
 */
export function choiceOf<Choice extends string>(
  flag: string,
  value: string | undefined,
  choices: readonly Choice[],
): readonly Choice[] {
  if (value === undefined) return choices;
  const chosen = value.split(',').map((name) => name.trim());
  const unknown = chosen.find((name) => !choices.some((choice) => choice === name));
  if (unknown !== undefined) {
    throw new Error(`--${flag} has ${JSON.stringify(unknown)}: some of ${choices.join(',')} were expected.`);
  }
  return choices.filter((choice) => chosen.includes(choice));
}
