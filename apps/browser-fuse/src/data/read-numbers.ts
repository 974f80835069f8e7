import { FuseInitError } from '@fuseinit/core';
import { scalePixels } from '@fuseinit/data-files/pixels';
import {
  type InputReading,
  type PixelRange,
  pixelRanges,
  rangeContradiction,
  rangeFor,
  type StoredNumbers,
} from '@fuseinit/tfjs/internal';

/** Samples as they are stored. */
export interface StoredSamples {
  readonly values: Float32Array<ArrayBuffer>;
  /** The shape with the batch first. */
  readonly shape: readonly number[];
  readonly holds: StoredNumbers['holds'];
  /** A description of the stored type. */
  readonly kind: string;
}

/** Samples as a network reads them, and how they were interpreted. */
export interface ReadSamples {
  readonly values: Float32Array<ArrayBuffer>;
  /** A description of the stored numbers, the conversion with its reason, and the range of the result. */
  readonly read: string;
  /** Warnings about numbers that contradict the network. */
  readonly readWarnings: readonly string[];
}

/**
 * Converts stored samples to a network's input: pixels are scaled to the range that its first layers read,
 * other numbers are unchanged.
 *
 * @param asked The range that pixels are scaled to; null for the one that the network reads.
 * @throws CALIBRATION_DATA_UNSUPPORTED for bytes that may be pixels or other numbers.
 */
export function readNumbers(
  { values, shape, holds, kind }: StoredSamples,
  reading: InputReading,
  asked: PixelRange | null,
): ReadSamples {
  const [samples = 0, ...sampleShape] = shape;
  const stored = { ...rangeOf(values), samples, holds, sampleShape };
  // Numbers that aren't bytes are no pixels from 0 to 255.
  const isScalable = holds !== 'numbers';
  const { range, reason } =
    asked && isScalable ? { range: asked, reason: 'chosen' } : rangeFor(stored, reading);
  if (range === undefined) {
    throw new FuseInitError(
      'CALIBRATION_DATA_UNSUPPORTED',
      `The ${kind} may be pixels from 0 to 255 or other numbers: ${reason}. Choose what pixels become; 0 to 255 leaves them as they are.`,
    );
  }
  const scaled = scalePixels(values, range) as Float32Array<ArrayBuffer>;
  const { min, max } = range === 'raw' ? stored : rangeOf(scaled);
  const became = isScalable ? `${pixelRanges[range]} (${reason})` : 'taken as they are';
  const found = rangeContradiction(stored, reading, range);
  const advice =
    found?.expected && `: let pixels become ${pixelRanges[found.expected].replace('pixels from ', '')}`;
  return {
    values: scaled,
    read: `${kind}, ${became}, values ${[min, max].map((value) => Number(value.toPrecision(4))).join(' to ')}`,
    readWarnings: found ? [`${found.problem}${advice ?? ''}.`] : [],
  };
}

function rangeOf(values: Float32Array): Pick<StoredNumbers, 'min' | 'max' | 'isWhole'> {
  let [min, max, isWhole] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true];
  for (const value of values) {
    // NaN compares false with everything, so it would be missed.
    min = Number.isNaN(value) || value < min ? value : min;
    max = Number.isNaN(value) || value > max ? value : max;
    isWhole &&= Number.isInteger(value);
  }
  return { min, max, isWhole };
}
