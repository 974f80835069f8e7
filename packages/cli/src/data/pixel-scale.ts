import { FuseInitError } from '@fuseinit/core';
import type { DataFile, PixelScale } from '@fuseinit/data-files';
import { type InputReading, rangeContradiction, rangeFor, type StoredNumbers } from '@fuseinit/tfjs/internal';

/** The numbers in a file, as far as they were read. */
export type SeenValues = Pick<StoredNumbers, 'min' | 'max' | 'isWhole' | 'samples'>;

/** The scale of pixels and the reason for it. */
export interface ChosenScale {
  readonly pixels: PixelScale;
  /** The reason in words; empty if it is obvious. */
  readonly reason: string;
}

/**
 * Determines the scale of a file's numbers by {@link rangeFor}, if the user doesn't give one.
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

/** Describes how numbers contradict the first layers of a model that gets them; undefined if they don't. */
export function contradiction(file: DataFile, reading: InputReading, seen: SeenValues): string | undefined {
  const found = rangeContradiction(storedNumbers(file, seen), reading, file.pixels);
  if (!found) return undefined;
  const { problem, expected } = found;
  return expected === undefined ? `${problem}.` : `${problem}: give --pixels ${expected}.`;
}

function storedNumbers({ holds, sampleShape }: DataFile, seen: SeenValues): StoredNumbers {
  return { holds, sampleShape, ...seen };
}

/**
 * Returns the shape in which a file's samples fit a model, or undefined if they don't fit: axes of length 1
 * may be missing, and samples may be flat.
 *
 * @param reads The model's shape of one sample; null for an open length.
 */
export function readsAs(
  came: readonly number[],
  reads: readonly (number | null)[],
): readonly number[] | undefined {
  if (
    came.length === reads.length &&
    reads.every((length, axis) => length === null || length === came[axis])
  ) {
    return came;
  }
  if (!isClosed(reads) || sizeOf(came) !== sizeOf(reads)) return undefined;
  const isFlat = came.length === 1 || reads.length === 1;
  return isFlat || without1(came) === without1(reads) ? reads : undefined;
}

function isClosed(shape: readonly (number | null)[]): shape is readonly number[] {
  return shape.every((length) => length !== null);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function without1(shape: readonly number[]): string {
  return shape.filter((length) => length !== 1).join('x');
}
