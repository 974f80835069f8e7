import { InvalidArgumentError } from 'commander';

/** Parses a whole number of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`A whole number from ${least} was expected.`);
  };
}

/** Parses a number from `least` to `most`. */
export function number(
  least = Number.NEGATIVE_INFINITY,
  most = Number.POSITIVE_INFINITY,
): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= least && value <= most) return value;
    const range = most === Number.POSITIVE_INFINITY ? ` of at least ${least}` : ` from ${least} to ${most}`;
    throw new InvalidArgumentError(`A number${Number.isFinite(least) ? range : ''} was expected.`);
  };
}

/** Parses a given word, or else calls `parse`. */
export function orWord<Word extends string, Value>(
  word: Word,
  parse: (text: string) => Value,
): (text: string) => Word | Value {
  return (text) => {
    if (text === word) return word;
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(
        `${(error as Error).message.replace(' was expected.', '')} or ${word} was expected.`,
      );
    }
  };
}

/** Parses `5` or `3x5`: lengths of a kernel or an image. */
export function lengths(text: string): number[] {
  const found = /^([1-9]\d*)(?:x([1-9]\d*))?$/.exec(text);
  if (!found) throw new InvalidArgumentError('A length, or lengths such as 3x5, were expected.');
  return found.slice(1).flatMap((length) => (length === undefined ? [] : [Number(length)]));
}

/** Parses `a,b,c`. */
export function list(text: string): string[] {
  return text.split(',').map((part) => part.trim());
}
