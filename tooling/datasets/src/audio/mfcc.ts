import { createRequire } from 'node:module';
import type { MeydaFeaturesObject } from 'meyda';

// The package's ES module has imports without endings, which Node doesn't resolve.
const Meyda = createRequire(import.meta.url)('meyda') as typeof import('meyda').default;

/** How many coefficients a frame has. */
export const coefficients = 13;

/** Stands where a recording is shorter than the frames asked for. */
export const filler = Number.NaN;

/**
 * Mel-frequency cepstral coefficients of a recording, [frames, 13]: frames of 32 ms, one each 16 ms. What is too long
 * is cut, what is too short filled up with {@link filler}.
 *
 * @param signal From -1 to 1.
 * @param sampleRate In Hz; 32 ms of it must be a power of two, as 8,000 and 16,000 are nearly.
 */
export function mfcc(signal: Float32Array, sampleRate: number, frames: number): Float32Array {
  const size = 2 ** Math.round(Math.log2(sampleRate * 0.032));
  Meyda.sampleRate = sampleRate;
  Meyda.bufferSize = size;
  Meyda.numberOfMFCCCoefficients = coefficients;
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
