import { expect, test } from 'vitest';
import { refusal } from '../testing-support/refusal.test-support.js';
import { wav } from '../testing-support/wav.test-support.js';
import { readWav } from './read-wav.js';

test('samples come as shares of full scale', () => {
  const content = wav([0, 16384, -32768, 32767], { sampleRate: 8000 });
  expect([...readWav('a.wav', content, 8000)]).toEqual([0, 0.5, -1, 32767 / 32768]);
});

test('what is of another kind, cut short or no WAV is refused with what came', () => {
  const content = wav([1, 2, 3, 4], { sampleRate: 8000 });
  for (const [spoilt, words] of [
    [wav([1, 2, 3, 4], { sampleRate: 8000, channels: 2 }), 'has 2 channels: one was expected'],
    [wav([1, 2, 3, 4], { sampleRate: 44100 }), 'has 44100 samples a second: 8000 were expected'],
    [wav([1, 2, 3, 4], { sampleRate: 8000, bits: 24 }), 'has 24 bits a sample: 16 were expected'],
    [content.subarray(0, 49), 'is cut short: 5 of 8 bytes are there'],
    [content.subarray(0, 30), "can't be read as WAV"],
    [Buffer.from('ID3 and no WAV at all'), "can't be read as WAV"],
    [Buffer.alloc(0), "can't be read as WAV"],
  ] as const) {
    const message = refusal(() => readWav('/data/a.wav', spoilt, 8000));
    expect(message).toContain('DATA_FILE_INVALID: a.wav (/data/a.wav) ');
    expect(message).toContain(words);
  }
});
