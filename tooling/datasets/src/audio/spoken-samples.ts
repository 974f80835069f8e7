import { join } from 'node:path';
import type { Samples } from '../dataset.js';
import { coefficients, mfcc } from './mfcc.js';
import { readWav } from './read-wav.js';

/** One recording of one word. */
export interface Utterance {
  readonly name: string;
  readonly content: Buffer;
  /** The class's index. */
  readonly label: number;
}

/** Coefficients of each utterance, [count, frames, 13]. */
export function spokenSamples(folder: string, utterances: readonly Utterance[], frames: number): Samples {
  const size = frames * coefficients;
  const inputs = new Float32Array(utterances.length * size);
  utterances.forEach(({ name, content }, index) => {
    const { signal, sampleRate } = readWav(join(folder, name), content);
    inputs.set(mfcc(signal, sampleRate, frames), index * size);
  });
  return {
    inputs,
    inputShape: [frames, coefficients],
    targets: Float32Array.from(utterances, ({ label }) => label),
    count: utterances.length,
  };
}
