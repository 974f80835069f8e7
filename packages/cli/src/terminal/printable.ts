/** A name from a file as a terminal can show it: what would steer the terminal is written out. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}

/** The same of several lines, as one. */
export function printableLine(text: string): string {
  return printable(text.replace(/\s*\n\s*/g, ' ').trim());
}

/** No longer than `width` characters, cut in the middle: names that begin alike end otherwise. */
export function clipped(text: string, width: number): string {
  const characters = [...printable(text)];
  if (characters.length <= width) return characters.join('');
  const end = Math.floor((width - 1) / 2);
  return `${characters.slice(0, width - 1 - end).join('')}…${characters.slice(-end).join('')}`;
}
