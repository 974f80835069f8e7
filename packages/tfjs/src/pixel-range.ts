import type { InputReading, PixelRange } from './input-reading.js';

/** Numbers as they are stored, before they become what a model reads. */
export interface StoredNumbers {
  /**
   * 'images' of 8 bits a channel, 'bytes' that may be pixels or other numbers, or 'numbers' that are no
   * pixels of bytes.
   */
  readonly holds: 'images' | 'bytes' | 'numbers';
  /** Of one sample. */
  readonly sampleShape: readonly number[];
  /** Of the samples that were looked at. */
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
  /** How many samples were looked at. */
  readonly samples: number;
}

/** What stored numbers become for a model, or why nobody can tell. */
export type RangeChoice =
  | {
      readonly range: PixelRange;
      /** In words; empty where it goes without saying. */
      readonly reason: string;
    }
  | { readonly range: undefined; readonly reason: string };

/** What of numbers contradicts a model's first layers. */
export interface RangeContradiction {
  /** In words, without a full stop. */
  readonly problem: string;
  /** What they should become instead; undefined where no range helps. */
  readonly expected: PixelRange | undefined;
}

/**
 * What stored numbers become where nobody says: as they are, but for pixels, which become what the model
 * reads.
 */
export function rangeFor(stored: StoredNumbers, reading: InputReading): RangeChoice {
  const { holds, sampleShape, min, max, samples } = stored;
  if (holds === 'numbers') return { range: 'raw', reason: '' };
  if (reading.kind === 'indices') return { range: 'raw', reason: `${reading.layerName} reads indices` };
  if (reading.kind === 'integers') return { range: 'raw', reason: `${reading.inputName} is of type int32` };
  if (reading.kind === 'scaled') {
    const { range, layerName, className } = reading;
    return { range, reason: `what ${layerName} (${className}) scales from` };
  }
  if (holds === 'images') return { range: 'unit', reason: 'usual' };
  const isImage = reading.kind === 'pixels' || sampleShape.length > 1;
  if (isImage && max > 1) return { range: 'unit', reason: 'usual for images of bytes' };
  return {
    range: undefined,
    reason: isImage
      ? `${min} to ${max} alone in the first ${samples} samples`
      : 'no layer of the model tells',
  };
}

/**
 * What of stored numbers, given to a model in a range, contradicts its first layers; undefined where nothing
 * does.
 */
export function rangeContradiction(
  { holds, min, max, isWhole }: StoredNumbers,
  reading: InputReading,
  range: PixelRange,
): RangeContradiction | undefined {
  if (reading.kind === 'indices') {
    const { layerName, count } = reading;
    if (range !== 'raw') {
      return { problem: `${layerName} reads indices, which scaling makes fractions`, expected: 'raw' };
    }
    if (isWhole && min >= 0 && max < count) return undefined;
    const held = `${isWhole ? '' : 'fractions, '}${min} to ${max}`;
    const problem = `${layerName} reads whole numbers from 0 to ${count - 1}; the data hold ${held}`;
    return { problem, expected: undefined };
  }
  if (reading.kind === 'integers') {
    const reads = `${reading.inputName} is of type int32, which cuts fractions off`;
    if (range !== 'raw') return { problem: `${reads}: scaling makes fractions`, expected: 'raw' };
    return isWhole ? undefined : { problem: `${reads}; the data hold fractions`, expected: undefined };
  }
  if (reading.kind !== 'scaled') return undefined;
  const reads = `${reading.layerName} (${reading.className}) scales ${pixelRanges[reading.range]} itself`;
  if (range !== 'raw' || holds !== 'numbers') {
    if (range === reading.range) return undefined;
    return { problem: `${reads}, and ${pixelRanges[range]} are given`, expected: reading.range };
  }
  // Numbers that aren't bytes can only be told by how large they are.
  const largest = Math.max(Math.abs(min), Math.abs(max));
  const isOther = reading.range === 'raw' ? largest <= 1 : largest > 2;
  return isOther
    ? { problem: `${reads}, and the data hold ${min} to ${max}`, expected: undefined }
    : undefined;
}

/** In words. */
export const pixelRanges: Readonly<Record<PixelRange, string>> = {
  raw: 'pixels from 0 to 255',
  unit: 'pixels from 0 to 1',
  symmetric: 'pixels from -1 to 1',
};
