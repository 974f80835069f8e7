import { expect, test } from 'vitest';
import { requireKnownOptions } from './require-known-options.js';

const known = { kernelSize: true, heldOut: true, tf: true } as const;

test('an option that there is passes, whatever its value, and none at all', () => {
  requireKnownOptions('fuse', { kernelSize: undefined, heldOut: 3, tf: null }, known);
  requireKnownOptions('fuse', {} as never, known);
});

test.each([
  ['kernalSize', 'Did you mean "kernelSize"?'],
  ['kernelsize', 'Did you mean "kernelSize"?'],
  ['heldout', 'Did you mean "heldOut"?'],
  ['epochs', 'It has kernelSize, heldOut, tf.'],
  ['toString', 'It has'],
])('%s is refused: %s', (name, message) => {
  expect(() => requireKnownOptions('fuse', { [name]: 1 } as never, known)).toThrow(
    expect.objectContaining({ code: 'ARGUMENT_INVALID', message: expect.stringContaining(message) }),
  );
});
