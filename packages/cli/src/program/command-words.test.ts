import { expect, test } from 'vitest';
import { inCommandWords } from './command-words.js';

test.each([
  ['A smaller kernelSize makes it smaller.', 'A smaller --kernel-size makes it smaller.'],
  ['refitFrozen: true refits them as well.', '--refit-frozen refits them as well.'],
  [
    'no plugin speaks for: write one with defineLayer and pass it in plugins, or choose others.',
    'no plugin speaks for: write one with defineLayer and give it by --plugin, or choose others.',
  ],
  ['heldOut 0.2 with seed 0 was asked for', '--held-out 0.2 with seed 0 was asked for'],
  // Keys of files and names of layers are no options.
  [
    'spans.0.kernelSize: expected a number; no layer "heldOut".',
    'spans.0.kernelSize: expected a number; no layer "heldOut".',
  ],
])('%j', (message, told) => {
  expect(inCommandWords(message)).toBe(told);
});
