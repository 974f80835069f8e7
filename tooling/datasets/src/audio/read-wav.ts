import wavefile from 'wavefile';
import { invalid } from '../check/data-file.js';

export interface Recording {
  /** One channel, from -1 to 1. */
  readonly signal: Float32Array;
  /** In Hz. */
  readonly sampleRate: number;
}

/**
 * The first channel of a WAV file of 16-bit samples.
 *
 * @throws DATA_FILE_INVALID for what is none, or of another kind.
 */
export function readWav(path: string, content: Buffer): Recording {
  let wav: wavefile.WaveFile;
  try {
    wav = new wavefile.WaveFile(content);
  } catch (cause) {
    throw invalid(path, `can't be read as WAV: ${(cause as Error).message}`, cause);
  }
  if (wav.bitDepth !== '16') throw invalid(path, `has ${wav.bitDepth} bits a sample: 16 were expected.`);
  const all = wav.getSamples(false, Int16Array as never) as unknown as Int16Array | Int16Array[];
  const first = Array.isArray(all) ? all[0]! : all;
  const { sampleRate } = wav.fmt as { sampleRate: number };
  return { signal: Float32Array.from(first, (value) => value / 32768), sampleRate };
}
