import { FuseInitError } from '@fuseinit/core';
import type { DataFile, PixelScale } from '@fuseinit/data-files';
import type { InputReading } from '@fuseinit/tfjs';

/** The numbers that a file stores, as far as they were looked at. */
export interface SeenValues {
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
  /** How many samples were looked at, the first ones. */
  readonly samples: number;
}

/** What pixels become, and why. */
export interface ChosenScale {
  readonly pixels: PixelScale;
  /** In words; empty where it goes without saying. */
  readonly reason: string;
}

/**
 * What the numbers of a file become where nobody says: as they are, but for pixels, which become what the model reads.
 *
 * @throws ARGUMENT_INVALID for bytes that may be pixels or other numbers.
 */
export function scaleFor(file: DataFile, reading: InputReading, seen: SeenValues): ChosenScale {
  if (file.holds === 'numbers') return { pixels: 'raw', reason: '' };
  if (reading.kind === 'indices') {
    return { pixels: 'raw', reason: `${reading.layerName} reads indices` };
  }
  if (reading.kind === 'scaled') {
    return { pixels: reading.range, reason: `what ${reading.layerName} (${reading.className}) scales from` };
  }
  if (file.holds === 'images') return { pixels: 'unit', reason: 'usual' };
  const isImage = reading.kind === 'pixels' || file.sampleShape.length > 1;
  if (isImage && seen.max > 1) return { pixels: 'unit', reason: 'usual for images of bytes' };
  const why = isImage
    ? `${seen.min} to ${seen.max} alone in the first ${seen.samples} samples`
    : 'no layer of the model tells';
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    `${file.description} may be pixels from 0 to 255 or other numbers: ${why}. Say with --pixels what they become: raw leaves them as they are, unit makes them 0 to 1, symmetric -1 to 1.`,
  );
}

/** What of numbers as they are given to a model contradicts its first layers; undefined where nothing does. */
export function contradiction(file: DataFile, reading: InputReading, seen: SeenValues): string | undefined {
  const { pixels, holds } = file;
  const isScaled = pixels !== 'raw';
  if (reading.kind === 'indices') {
    const { layerName, count } = reading;
    if (isScaled)
      return `${layerName} reads indices, which --pixels ${pixels} makes fractions: give --pixels raw.`;
    if (seen.isWhole && seen.min >= 0 && seen.max < count) return undefined;
    return `${layerName} reads whole numbers from 0 to ${count - 1}; the data hold ${seen.isWhole ? '' : 'fractions, '}${seen.min} to ${seen.max}.`;
  }
  if (reading.kind !== 'scaled') return undefined;
  const { layerName, className, range } = reading;
  const reads = `${layerName} (${className}) scales ${rangesInWords[range]} itself`;
  if (isScaled || holds !== 'numbers') {
    return pixels === range
      ? undefined
      : `${reads}, and --pixels ${pixels} gives ${rangesInWords[pixels]}: give --pixels ${range}.`;
  }
  // Numbers that aren't bytes can only be told by how large they are.
  const largest = Math.max(Math.abs(seen.min), Math.abs(seen.max));
  const isOther = range === 'raw' ? largest <= 1 : largest > 2;
  return isOther ? `${reads}, and the data hold ${seen.min} to ${seen.max}.` : undefined;
}

const rangesInWords: Readonly<Record<PixelScale, string>> = {
  raw: 'pixels from 0 to 255',
  unit: 'pixels from 0 to 1',
  symmetric: 'pixels from -1 to 1',
};
