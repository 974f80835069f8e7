import { expect, test } from 'vitest';
import { parseKernelSize, parseSpans, spansText } from './spans.js';

test('spans with and without kernels, nested names too', () => {
  expect(parseSpans('conv3:conv4, block/a:dense@3,x@home:y@3x5')).toEqual([
    { from: 'conv3', to: 'conv4' },
    { from: 'block/a', to: 'dense', kernelSize: 3 },
    { from: 'x@home', to: 'y', kernelSize: [3, 5] },
  ]);
  expect(parseKernelSize('5')).toBe(5);
  const text = 'conv3:conv4,block/a:dense@3,x@home:y@3x5';
  expect(spansText(parseSpans(text))).toBe(text);
});

test.each(['', 'conv3', 'a:b:c', ':b', 'a:', 'a:b,', 'a:b@0'])('%j names no spans', (text) => {
  expect(() => parseSpans(text)).toThrow(/was expected|were expected/);
});
