import { expect, test } from 'vitest';
import { kernelSize, spans } from './spans-option.js';

test('spans with and without kernels, nested names too', () => {
  expect(spans('conv3:conv4, block/a:dense@3,x@home:y@3x5')).toEqual([
    { from: 'conv3', to: 'conv4' },
    { from: 'block/a', to: 'dense', kernelSize: 3 },
    { from: 'x@home', to: 'y', kernelSize: [3, 5] },
  ]);
  expect(kernelSize('5')).toBe(5);
});

test.each(['', 'conv3', 'a:b:c', ':b', 'a:', 'a:b,', 'a:b@0'])('%j names no spans', (text) => {
  expect(() => spans(text)).toThrow(/was expected|were expected/);
});
