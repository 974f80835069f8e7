import { createRequire } from 'node:module';

/** The version of this package, which all of FuseInit shares. */
export const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

/** Returns the command line in a form that can be pasted into a POSIX shell. */
export function commandLine(): string {
  return ['fuseinit', ...process.argv.slice(2)].map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
