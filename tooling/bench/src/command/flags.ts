import { parseArgs } from 'node:util';

/**
 * Flags that take a value each, by name.
 *
 * @throws Error for anything else.
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

/** @throws Error for what isn't a whole number from 1. */
export function countOf(flag: string, value: string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) {
    throw new Error(`--${flag} is ${value}: a whole number from 1 was expected.`);
  }
  return count;
}

/**
 * Some of the choices, by commas, in their own order; all of them where nothing came.
 *
 * @throws Error for one that there isn't.
 */
export function choiceOf<Choice extends string>(
  flag: string,
  value: string | undefined,
  choices: readonly Choice[],
): readonly Choice[] {
  if (value === undefined) return choices;
  const asked = value.split(',').map((name) => name.trim());
  const unknown = asked.find((name) => !choices.some((choice) => choice === name));
  if (unknown !== undefined) {
    throw new Error(`--${flag} has ${JSON.stringify(unknown)}: some of ${choices.join(',')} were expected.`);
  }
  return choices.filter((choice) => asked.includes(choice));
}
