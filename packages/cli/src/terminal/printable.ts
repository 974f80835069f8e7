import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

/** Makes a name from a file printable: characters that would control the terminal are escaped. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}

/** Makes several lines printable as one. */
export function printableLine(text: string): string {
  return printable(text.replace(/\s*\n\s*/g, ' ').trim());
}

/**
 * Shortens text to `width` characters by cutting its middle, since names that begin alike often end
 * differently.
 */
export function clipped(text: string, width: number): string {
  const characters = [...printable(text)];
  if (characters.length <= width) return characters.join('');
  const end = Math.floor((width - 1) / 2);
  return `${characters.slice(0, width - 1 - end).join('')}…${characters.slice(-end).join('')}`;
}

/** Formats text as the head of a table. */
export function bold(text: string, stream: Stream = process.stdout): string {
  return text !== '' && hasColors(stream) ? styleText('bold', text) : text;
}

export function red(text: string, stream: Stream = process.stdout): string {
  return hasColors(stream) ? styleText('red', text) : text;
}

type Stream = Partial<Pick<WriteStream, 'hasColors'>>;

/** Styles apply only to a terminal, and not with NO_COLOR, which Node honours. */
function hasColors(stream: Stream): boolean {
  return stream.hasColors?.() ?? false;
}
