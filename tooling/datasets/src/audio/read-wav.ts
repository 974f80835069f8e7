import wavefile from 'wavefile';
import { invalid } from '../check/data-errors.js';

/**
 * The signal of a WAV file of one channel of 16-bit samples, from -1 to 1.
 *
 * @param sampleRate The one that it must have, in Hz.
 * @throws DATA_FILE_INVALID for what is none, is cut short, or is of another kind.
 */
export function readWav(path: string, content: Buffer, sampleRate: number): Float32Array {
  const wav = parsed(path, content);
  const fmt = wav.fmt as { readonly numChannels: number; readonly sampleRate: number };
  const { chunkSize, samples } = wav.data as { readonly chunkSize: number; readonly samples: Uint8Array };
  if (wav.bitDepth !== '16') throw invalid(path, `has ${wav.bitDepth} bits a sample: 16 were expected.`);
  if (fmt.numChannels !== 1) throw invalid(path, `has ${fmt.numChannels} channels: one was expected.`);
  if (fmt.sampleRate !== sampleRate) {
    throw invalid(path, `has ${fmt.sampleRate} samples a second: ${sampleRate} were expected.`);
  }
  if (samples.length !== chunkSize) {
    throw invalid(path, `is cut short: ${samples.length} of ${chunkSize} bytes are there.`);
  }
  const integers = wav.getSamples(false, Int16Array as never) as unknown as Int16Array;
  const signal = new Float32Array(integers);
  for (let index = 0; index < signal.length; index++) signal[index]! /= 32768;
  return signal;
}

function parsed(path: string, content: Buffer): wavefile.WaveFile {
  try {
    return new wavefile.WaveFile(content);
  } catch (cause) {
    throw invalid(path, `can't be read as WAV: ${(cause as Error).message}`, cause);
  }
}
