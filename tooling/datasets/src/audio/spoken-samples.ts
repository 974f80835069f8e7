import { join } from 'node:path';
import type { Samples } from '../dataset.js';
import { coefficients, mfcc } from './mfcc.js';
import { readWav } from './read-wav.js';

/** One recording of one word. */
export interface Utterance {
  readonly name: string;
  /** Its WAV file; read one at a time, since a set of them can have gigabytes. */
  readonly read: () => Buffer;
  /** The class's index. */
  readonly label: number;
}

/**
 * Coefficients of each utterance, [count, frames, 13].
 *
 * @param format What the set's recordings have, in Hz, and how many frames of each to take.
 * @throws DATA_FILE_INVALID for what is no WAV file of one channel of 16 bits at that rate.
 */
export function spokenSamples(
  folder: string,
  utterances: readonly Utterance[],
  { sampleRate, frames }: { readonly sampleRate: number; readonly frames: number },
): Samples {
  const size = frames * coefficients;
  const inputs = new Float32Array(utterances.length * size);
  utterances.forEach(({ name, read }, index) => {
    const signal = readWav(join(folder, name), read(), sampleRate);
    inputs.set(mfcc(signal, sampleRate, frames), index * size);
  });
  return {
    inputs,
    inputShape: [frames, coefficients],
    targets: Float32Array.from(utterances, ({ label }) => label),
    count: utterances.length,
  };
}
