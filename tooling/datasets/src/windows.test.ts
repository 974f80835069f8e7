import { expect, test } from 'vitest';
import { windowsOf } from './windows.js';

const recording = (first: number, classes: readonly number[]) => ({
  values: Float32Array.from({ length: classes.length * 2 }, (_, index) => first + index),
  classes: Uint8Array.from(classes),
});

test('windows overlap by half, and steps at the end that fill none are left out', () => {
  const { inputs, inputShape, count } = windowsOf([recording(0, [0, 0, 0, 0, 0, 0, 0])], 2, 4);
  expect(count).toBe(2);
  expect(inputShape).toEqual([4, 2]);
  expect([...inputs]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('no window spans two recordings, and one that is too short has none', () => {
  const { inputs, count } = windowsOf([recording(0, [0, 0, 0]), recording(50, [0, 0, 0, 0])], 2, 4);
  expect(count).toBe(1);
  expect(inputs[0]).toBe(50);
});

test("a window's class is the commonest of its steps, the first of those as common", () => {
  const { targets } = windowsOf([recording(0, [2, 4, 4, 4, 1, 1, 3, 3])], 2, 4);
  expect([...targets]).toEqual([4, 1, 1]);
});
