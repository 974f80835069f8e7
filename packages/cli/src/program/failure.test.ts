import { FuseInitError } from '@fuseinit/core';
import { expect, test } from 'vitest';
import { CliError, failureOf } from './failure.js';

const { signal } = new AbortController();

test.each([
  [new FuseInitError('SPAN_ILLEGAL', 'no'), 1, 'SPAN_ILLEGAL'],
  [new CliError('OUTPUT_EXISTS', 'no'), 1, 'OUTPUT_EXISTS'],
  [new CliError('USAGE', 'no'), 2, 'USAGE'],
])('%s ends with %i', (error, exitCode, code) => {
  expect(failureOf(error, signal)).toEqual({ exitCode, code, message: 'no' });
});

test('what nobody expected asks to be reported', () => {
  expect(failureOf(new TypeError('x is undefined.'), signal)).toEqual({
    exitCode: 1,
    code: 'UNEXPECTED',
    message: expect.stringMatching(/^x is undefined\. .*report it at https:.*--debug/),
  });
});

test('whatever is thrown after Ctrl-C is the interruption', () => {
  expect(failureOf(new Error('odd'), AbortSignal.abort())).toMatchObject({ exitCode: 130, code: 'ABORTED' });
});
