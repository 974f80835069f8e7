import { CliError } from '../program/failure.js';

/** What to throw when something can't be written. */
export function unwritable(path: string, cause: unknown): CliError {
  return new CliError(
    'OUTPUT_UNWRITABLE',
    `${path} can't be written (${(cause as Error).message}). Nothing was left there; choose a place that can be written and has room.`,
    { cause },
  );
}

/** What to throw about a place that something is at. */
export function occupied(path: string, what: string): CliError {
  return new CliError('OUTPUT_EXISTS', `${path} ${what}. Choose another place, or add --force.`);
}
