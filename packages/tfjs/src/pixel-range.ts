import type { InputReading, PixelRange } from './input-reading.js';

/** Numbers as they are stored, before they are converted to a model's inputs. */
export interface StoredNumbers {
  /**
   * 'images' with 8 bits per channel, 'bytes' that may be pixels or other numbers, or 'numbers' that aren't
   * bytes.
   */
  readonly holds: 'images' | 'bytes' | 'numbers';
  /** The shape of one sample. */
  readonly sampleShape: readonly number[];
  /** The smallest value in the samples that were examined. */
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
  /** The number of samples that were examined. */
  readonly samples: number;
}

/** The range that stored numbers are converted to for a model, or the reason why it can't be determined. */
export type RangeChoice =
  | {
      readonly range: PixelRange;
      /** The reason in words; empty if it is obvious. */
      readonly reason: string;
    }
  | { readonly range: undefined; readonly reason: string };

/** A contradiction between numbers and a model's first layers. */
export interface RangeContradiction {
  /** The problem in words, without a full stop. */
  readonly problem: string;
  /** The range that the numbers should be converted to instead; undefined if no range helps. */
  readonly expected: PixelRange | undefined;
}

/**
 * Chooses the range for stored numbers if the caller names none. Numbers stay as they are, except for pixels,
 * which are converted to the range that the model expects.
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
 * Finds a contradiction between stored numbers, converted to a range, and a model's first layers; undefined
 * if there is none.
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
  // The range of numbers that aren't bytes can only be inferred from their size.
  const largest = Math.max(Math.abs(min), Math.abs(max));
  const isOther = reading.range === 'raw' ? largest <= 1 : largest > 2;
  return isOther
    ? { problem: `${reads}, and the data hold ${min} to ${max}`, expected: undefined }
    : undefined;
}

/** Each range in words. */
export const pixelRanges: Readonly<Record<PixelRange, string>> = {
  raw: 'pixels from 0 to 255',
  unit: 'pixels from 0 to 1',
  symmetric: 'pixels from -1 to 1',
};
