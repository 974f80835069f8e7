import { FuseInitError } from '@fuseinit/core';
import type { DataFile, PixelScale } from '@fuseinit/data-files';
import { type InputReading, rangeContradiction, rangeFor, type StoredNumbers } from '@fuseinit/tfjs/internal';

/** The numbers that a file stores, as far as they were looked at. */
export type SeenValues = Pick<StoredNumbers, 'min' | 'max' | 'isWhole' | 'samples'>;

/** What pixels become, and why. */
export interface ChosenScale {
  readonly pixels: PixelScale;
  /** In words; empty where it goes without saying. */
  readonly reason: string;
}

/**
 * What the numbers of a file become where nobody says, by {@link rangeFor}.
 *
 * @throws ARGUMENT_INVALID for bytes that may be pixels or other numbers.
 */
export function scaleFor(file: DataFile, reading: InputReading, seen: SeenValues): ChosenScale {
  const { range, reason } = rangeFor(storedNumbers(file, seen), reading);
  if (range !== undefined) return { pixels: range, reason };
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    `${file.description} may be pixels from 0 to 255 or other numbers: ${reason}. Say with --pixels what they become: raw leaves them as they are, unit makes them 0 to 1, symmetric -1 to 1.`,
  );
}

/**
 * What of numbers as they are given to a model contradicts its first layers; undefined where nothing does.
 */
export function contradiction(file: DataFile, reading: InputReading, seen: SeenValues): string | undefined {
  const found = rangeContradiction(storedNumbers(file, seen), reading, file.pixels);
  if (!found) return undefined;
  const { problem, expected } = found;
  return expected === undefined ? `${problem}.` : `${problem}: give --pixels ${expected}.`;
}

function storedNumbers({ holds, sampleShape }: DataFile, seen: SeenValues): StoredNumbers {
  return { holds, sampleShape, ...seen };
}
