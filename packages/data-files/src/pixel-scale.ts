import type { Numbers, SampleSource } from './sample-source.js';

/** The scale of pixels from 0 to 255: 'unit' from 0 to 1, 'symmetric' from -1 to 1, 'raw' unchanged. */
export type PixelScale = 'unit' | 'symmetric' | 'raw';

const scales = {
  unit: { factor: 1 / 255, offset: 0, words: ', pixels from 0 to 1' },
  symmetric: { factor: 2 / 255, offset: -1, words: ', pixels from -1 to 1' },
  raw: { factor: 1, offset: 0, words: '' },
};

export const pixelScales = Object.keys(scales) as readonly PixelScale[];

/** Describes a scale; empty for numbers that can't be pixels. */
export function scaleInWords(scale: PixelScale, holds: SampleSource['holds']): string {
  return scale === 'raw' && holds !== 'numbers' ? ', as stored' : scales[scale].words;
}

/** Returns pixels from 0 to 255 at a scale, as float32; raw numbers keep their values. */
export function scalePixels(numbers: Numbers, scale: PixelScale): Float32Array {
  if (scale === 'raw') return numbers instanceof Float32Array ? numbers : new Float32Array(numbers);
  const { factor, offset } = scales[scale];
  const scaled = new Float32Array(numbers.length);
  for (let index = 0; index < numbers.length; index++) scaled[index] = numbers[index]! * factor + offset;
  return scaled;
}
