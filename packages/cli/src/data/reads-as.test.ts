import { expect, test } from 'vitest';
import { readsAs } from './reads-as.js';

test.each([
  [
    [28, 28, 1],
    [28, 28, 1],
  ],
  [
    [28, 28],
    [28, 28, 1],
  ],
  [[784], [28, 28, 1]],
  [[28, 28], [784]],
  [
    [1, 28, 28],
    [28, 28, 1],
  ],
  [[3072], [32, 32, 3]],
  [[], [1]],
])('%j is read as %j', (given, wanted) => {
  expect(readsAs(given, wanted)).toEqual(wanted);
});

test.each([
  [
    [3, 32, 32],
    [32, 32, 3],
  ],
  [
    [14, 56],
    [28, 28, 1],
  ],
  [
    [27, 28],
    [28, 28, 1],
  ],
  [
    [56, 14, 1],
    [28, 28, 1],
  ],
])('%j is not read as %j', (given, wanted) => {
  expect(readsAs(given, wanted)).toBeUndefined();
});

test('open lengths take any, of as many axes', () => {
  expect(readsAs([100], [null])).toEqual([100]);
  expect(readsAs([64, 48, 3], [null, null, 3])).toEqual([64, 48, 3]);
  expect(readsAs([64, 48, 1], [null, null, 3])).toBeUndefined();
  expect(readsAs([64, 48], [null, null, 1])).toBeUndefined();
});
