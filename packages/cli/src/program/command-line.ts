/** What was typed, to be typed again in a POSIX shell. */
export function commandLine(): string {
  return ['fuseinit', ...process.argv.slice(2)].map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
