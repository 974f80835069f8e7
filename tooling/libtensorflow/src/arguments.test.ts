import { expect, test } from 'vitest';
import { parseArguments } from './arguments.js';

test('options and the environment are taken', () => {
  expect(parseArguments(['--from', 'a', '--check'], { LIBTENSORFLOW_DIR: 'b' })).toEqual({
    from: 'a',
    wheel: undefined,
    environment: 'b',
    check: true,
    help: false,
  });
  expect(parseArguments([], {})).toMatchObject({ from: undefined, environment: undefined, check: false });
});

test.each([
  [['--from', 'a', '--wheel', 'b'], /two sources/],
  [['--fast'], /Unknown option '--fast'/],
  [['somewhere'], /somewhere/],
  [['--from'], /argument missing/],
])('%j is refused', (args, message) => {
  expect(parseArguments(args, {})).toEqual({ refusal: expect.stringMatching(message) });
});
