import { expect, test } from 'vitest';
import { didYouMean, listNames } from './known-names.js';

const layers = ['conv1', 'conv2', 'conv2/relu', 'block_1/expand', 'dense'];

test.each([
  ['Conv2', 'conv2'],
  ['conv2/rellu', 'conv2/relu'],
  ['block_1_expand', 'block_1/expand'],
  ['dence', 'dense'],
  ['desne', 'dense'],
])('%s is a misspelling of %s', (unknown, meant) => {
  expect(didYouMean(unknown, layers)).toBe(` Did you mean ${JSON.stringify(meant)}?`);
});

test.each(['softmax', '', 'x', 'a', 'pool'])('%j resembles no name', (unknown) => {
  expect(didYouMean(unknown, layers)).toBe('');
});

test('a long list is cut and says by how much', () => {
  const names = Array.from({ length: 161 }, (_, index) => `layer${index}`);
  expect(listNames(names.slice(0, 40))).toBe(names.slice(0, 40).join(', '));
  expect(listNames(names)).toMatch(/^layer0, .*layer39 and 121 more$/);
});
