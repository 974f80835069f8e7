import { expect, test } from 'vitest';
import { inWords } from './in-words.js';

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  [Number.NaN, 'NaN'],
  ['same', '"same"'],
  [[1, [Number.NaN, null]], '[1, [NaN, null]]'],
  [() => 1, 'a function'],
  [{ reads: 'element' }, 'an object of {reads}'],
  [Object.create(null), 'an object of {}'],
  [Promise.resolve(1), 'a Promise'],
])('%o', (value, words) => expect(inWords(value)).toBe(words));
