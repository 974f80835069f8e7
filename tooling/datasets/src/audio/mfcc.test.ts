import { uniformStream } from '@fuseinit/core';
import { expect, test } from 'vitest';
import { tone } from '../testing-support/wav.test-support.js';
import { coefficients, mfcc } from './mfcc.js';

const signal = (samples: readonly number[]) => Float32Array.from(samples, (sample) => sample / 32768);

const frame = (features: Float32Array, index: number) => [
  ...features.subarray(index * coefficients, (index + 1) * coefficients),
];

test('silence has no power in any band, and all coefficients are 0', () => {
  expect([...mfcc(new Float32Array(256), 8000, 1)]).toEqual(new Array(13).fill(0));
});

test('a tone has the coefficients of its pitch, whichever frame it is in', () => {
  // 250, 500 and 2,000 Hz have whole periods in half a frame of 128 samples, so all frames are the same.
  const at = (hertz: number) => mfcc(signal(tone(hertz, 8000, 0.096)), 8000, 5);
  const [low, lower, high] = [at(500), at(250), at(2000)];
  for (let index = 1; index < 5; index++) {
    frame(low, index).forEach((value, position) => {
      // Samples are rounded to 16 bits alike in each frame; what is left is the rounding of float32.
      expect(value).toBeCloseTo(low[position]!, 3);
    });
  }
  // The first cosine over the bands is positive in the lower half of the mel scale and negative in the upper.
  expect(frame(lower, 0)[1]!).toBeGreaterThan(frame(low, 0)[1]!);
  expect(frame(low, 0)[1]!).toBeGreaterThan(0);
  expect(frame(high, 0)[1]!).toBeLessThan(0);
});

test('what is louder by a factor differs in coefficient 0 alone, by twice the logarithm for each band', () => {
  const random = uniformStream(7);
  // So loud that the 1 beside a band's power doesn't count.
  const noise = Float32Array.from({ length: 256 }, () => 1e4 * (random() - 0.5));
  const soft = mfcc(noise, 8000, 1);
  const loud = mfcc(
    noise.map((value) => 3 * value),
    8000,
    1,
  );
  // Meyda's cosine transform counts each of its 26 bands twice.
  expect(loud[0]! - soft[0]!).toBeCloseTo(2 * 26 * 2 * Math.log(3), 2);
  for (let index = 1; index < coefficients; index++) expect(loud[index]! - soft[index]!).toBeCloseTo(0, 2);
});

test('a frame of 32 ms begins each 16 ms; frames that the recording does not fill are filler', () => {
  for (const [length, full] of [
    [255, 0],
    [256, 1],
    [383, 1],
    [384, 2],
    [1000, 4],
  ] as const) {
    const features = mfcc(signal(tone(500, 8000, length / 8000)), 8000, 4);
    expect(features.length).toBe(4 * coefficients);
    const filled = features.findIndex(Number.isNaN);
    expect(filled < 0 ? 4 : filled / coefficients).toBe(full);
    expect(features.subarray(full * coefficients).every(Number.isNaN)).toBe(true);
  }
});

test('each rate has its own bands, whatever rate came before', () => {
  // The same tone at two rates: its bands are elsewhere, since the mel scale goes up to half the rate.
  const slow = signal(tone(500, 8000, 0.032));
  const fast = signal(tone(500, 16000, 0.032));
  const [slowFirst, fastFirst] = [mfcc(slow, 8000, 1), mfcc(fast, 16000, 1)];
  expect(slowFirst.some(Number.isNaN)).toBe(false);
  expect(fastFirst.some(Number.isNaN)).toBe(false);
  expect(mfcc(slow, 8000, 1)).toEqual(slowFirst);
  expect(mfcc(fast, 16000, 1)).toEqual(fastFirst);
  expect(Math.abs(fastFirst[1]! - slowFirst[1]!)).toBeGreaterThan(1);
});

test('a rate whose 32 ms are no power of two is refused', () => {
  expect(() => mfcc(new Float32Array(2048), 44100, 1)).toThrow(RangeError);
  expect(() => mfcc(new Float32Array(2048), 11025, 1)).toThrow('32 ms of 11025 Hz are 352.8 samples');
});
