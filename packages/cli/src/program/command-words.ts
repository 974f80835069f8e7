/** What messages of the libraries say to the author of a program, and what the command line calls it. */
const words: readonly (readonly [RegExp, string])[] = [
  [/\b([Ww]rite one with defineLayer and) pass it in plugins\b/g, '$1 give it by --plugin'],
  [/\brefitFrozen: true\b/g, '--refit-frozen'],
  [/\bsmaller kernelSize\b/g, 'smaller --kernel-size'],
  [/\bleave kernelSize\b/g, 'leave the kernel size'],
  [/\bheldOut (?=[\d.]+ with seed)/g, '--held-out '],
];

/** Replaces the names of the libraries' options in a message by those of the command line. */
export function inCommandWords(message: string): string {
  return words.reduce((text, [library, command]) => text.replaceAll(library, command), message);
}
