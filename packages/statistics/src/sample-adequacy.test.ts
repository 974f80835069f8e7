import { FuseInitError } from '@fuseinit/core';
import { describe, expect, test } from 'vitest';
import { sampleAdequacy } from './sample-adequacy.js';

const conv = { tap: 'conv2', patchSize: 800 };
const codeOf = (options: Parameters<typeof sampleAdequacy>[0]) => {
  try {
    return sampleAdequacy(options);
  } catch (error) {
    return FuseInitError.isInstance(error) ? error.code : error;
  }
};

describe('sampleAdequacy', () => {
  test('has nothing to say when rows outnumber inputs', () => {
    expect(sampleAdequacy({ ...conv, rows: 801, samples: 9, ridge: 0 })).toBeUndefined();
  });

  test('warns with the number of samples that would do', () => {
    // 100 rows a sample: 9 samples make 900 rows, 8 make 800, one too few for 800 inputs and a bias.
    expect(sampleAdequacy({ ...conv, rows: 500, samples: 5, ridge: 'auto' })).toMatch(
      /^5 samples give 500 rows for 800 inputs at "conv2".* 9 samples or more/,
    );
  });

  test('refuses where nothing decides', () => {
    expect(codeOf({ ...conv, rows: 800, samples: 8, ridge: 0 })).toBe('SAMPLES_TOO_FEW');
    expect(codeOf({ ...conv, rows: 1, samples: 1, ridge: 1 })).toBe('SAMPLES_TOO_FEW');
  });
});
