import { expect, test } from 'vitest';
import { restoreUtilFunctions } from './removed-util-functions.js';

test('what is missing is put back, and is not listed', () => {
  const util: Partial<Record<string, (value: unknown) => boolean>> = {};
  restoreUtilFunctions(util);
  expect(Object.keys(util)).toEqual([]);
  expect([null, undefined, 0, '', false].map((value) => util.isNullOrUndefined!(value))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect([[], new Float32Array(1), 'a'].map((value) => util.isArray!(value))).toEqual([true, false, false]);
});

test("Node's own are kept", () => {
  const isArray = () => true;
  const util = { isArray };
  restoreUtilFunctions(util);
  expect(util.isArray).toBe(isArray);
});
