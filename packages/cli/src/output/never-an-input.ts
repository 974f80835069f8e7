import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { CliError } from '../program/failure.js';

/** The paths of models, data and other files that a command reads; undefined for those that weren't given. */
export type InputPaths = readonly (string | undefined)[];

/**
 * Refuses an output path that the command also reads, even with `--force`: a student that replaces its
 * teacher could neither be compared with it nor be made again.
 *
 * @throws OUTPUT_IS_INPUT
 */
export async function requireNoInput(output: string, inputs: InputPaths): Promise<void> {
  const place = await placeOf(output);
  if (place === undefined) return;
  for (const input of inputs) {
    if (input === undefined || (await placeOf(input)) !== place) continue;
    throw new CliError(
      'OUTPUT_IS_INPUT',
      `${output} is what this command reads: its output would replace that, and --force doesn't allow it. Choose another place.`,
    );
  }
}

/** The real path of a file or folder, or the folder of a model.json; undefined if it doesn't exist. */
async function placeOf(path: string): Promise<string | undefined> {
  const place = await realpath(path).catch(() => undefined);
  return place !== undefined && basename(place) === 'model.json' ? dirname(place) : place;
}
