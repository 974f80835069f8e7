import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { CliError } from '../program/failure.js';

/** Paths of models, data and the like that a command reads; those that weren't given are undefined. */
export type InputPaths = readonly (string | undefined)[];

/**
 * Refuses an output in the place of something that the command reads, whatever `--force` says: a student that
 * replaces its teacher can't be compared with it, nor be made again.
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

/** Where a path leads, of a model.json its folder; undefined where nothing is. */
async function placeOf(path: string): Promise<string | undefined> {
  const place = await realpath(path).catch(() => undefined);
  return place !== undefined && basename(place) === 'model.json' ? dirname(place) : place;
}
