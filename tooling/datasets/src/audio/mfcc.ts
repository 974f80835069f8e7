import { createRequire } from 'node:module';
import type { MeydaFeaturesObject } from 'meyda';

// The package's ES module has imports without endings, which Node doesn't resolve.
const Meyda = createRequire(import.meta.url)('meyda') as typeof import('meyda').default;

/** How many coefficients a frame has. */
export const coefficients = 13;

const filler = Number.NaN;

/** Whether a value stands where a recording is shorter than the frames asked for. */
export const isFiller: (value: number) => boolean = Number.isNaN;

/**
 * Mel-frequency cepstral coefficients of a recording, [frames, 13]: frames of 32 ms, one each 16 ms. What is
 * too long is cut, what is too short filled up with what {@link isFiller} knows.
 *
 * As Meyda has it, the logarithm is of 1 plus a band's power: bands much weaker than that count for nothing.
 *
 * @param signal From -1 to 1.
 * @param sampleRate In Hz; 32 ms of it must be a power of two, as of 8,000 and of 16,000.
 * @throws RangeError for another rate.
 */
export function mfcc(signal: Float32Array, sampleRate: number, frames: number): Float32Array {
  const size = (sampleRate * 32) / 1000;
  if (!Number.isInteger(Math.log2(size))) {
    throw new RangeError(`32 ms of ${sampleRate} Hz are ${size} samples: a power of two was expected.`);
  }
  Meyda.sampleRate = sampleRate;
  Meyda.bufferSize = size;
  Meyda.numberOfMFCCCoefficients = coefficients;
  // Meyda would go on with the bank of an earlier rate, and give NaN where that one had fewer bins.
  (Meyda as { melFilterBank?: unknown }).melFilterBank = undefined;
  const features = new Float32Array(frames * coefficients).fill(filler);
  for (let frame = 0; frame < frames; frame++) {
    const start = (frame * size) / 2;
    if (start + size > signal.length) break;
    const { mfcc } = Meyda.extract(['mfcc'], signal.subarray(start, start + size)) as Required<
      Pick<MeydaFeaturesObject, 'mfcc'>
    >;
    features.set(mfcc, frame * coefficients);
  }
  return features;
}
