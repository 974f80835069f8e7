import type { ShapedArray } from '@fuseinit/tfjs';
import type { SampleInput } from '../data/sample-report.js';
import { imageOf } from './image-of.js';
import type { Extent } from './input-extent.js';
import { roundedValues } from './rounded-values.js';

/** Numbers of a sample that is no image, at most. */
const mostValues = 256;

/** @param input One sample, without a batch axis. */
export function sampleInput({ data, shape }: ShapedArray, extent: Extent): SampleInput {
  const [height, width, channels] = shape;
  if (shape.length === 3 && (channels === 1 || channels === 3)) {
    return imageOf(data, { height: height!, width: width!, channels }, rangeOf(extent));
  }
  return { kind: 'values', shape, values: roundedValues(data, mostValues) };
}

/**
 * What black and white stand for: the usual ranges of pixels where the data keep to one, else the data's own.
 */
function rangeOf({ low, high }: Extent): readonly [number, number] {
  if (low >= 0 && high <= 1) return [0, 1];
  if (low >= -1 && high <= 1) return [-1, 1];
  if (low >= 0 && high <= 255) return [0, 255];
  return [low, high];
}
