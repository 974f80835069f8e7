import { CliError } from '../program/failure.js';

/** The error for an output that can't be written. */
export function unwritable(path: string, cause: unknown): CliError {
  return new CliError(
    'OUTPUT_UNWRITABLE',
    `${path} can't be written (${(cause as Error).message}). Nothing was left there; choose a place that can be written and has room.`,
    { cause },
  );
}

/** The error for an output path that exists already. */
export function occupied(path: string, what: string): CliError {
  return new CliError('OUTPUT_EXISTS', `${path} ${what}. Choose another place, or add --force.`);
}
