import type { Samples } from './dataset.js';

/** A recording: a value for each step and channel, and the class of each step. */
export interface Recording {
  /** [steps, channels], row-major. */
  readonly values: Float32Array;
  readonly classes: Uint8Array;
}

/**
 * Cuts recordings into windows that overlap by half; a window's class is the commonest of its steps, the
 * first of those that are as common. Steps at the end that fill no window are left out.
 *
 * @param length Steps of a window; even.
 */
export function windowsOf(recordings: readonly Recording[], channels: number, length: number): Samples {
  const inputs: Float32Array[] = [];
  const targets: number[] = [];
  for (const { values, classes } of recordings) {
    for (let start = 0; start + length <= classes.length; start += length / 2) {
      inputs.push(values.subarray(start * channels, (start + length) * channels));
      targets.push(commonest(classes.subarray(start, start + length)));
    }
  }
  const joined = new Float32Array(inputs.length * length * channels);
  inputs.forEach((window, index) => {
    joined.set(window, index * length * channels);
  });
  return {
    inputs: joined,
    inputShape: [length, channels],
    targets: Float32Array.from(targets),
    count: targets.length,
  };
}

function commonest(classes: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const one of classes) counts[one]!++;
  return counts.indexOf(Math.max(...counts));
}
