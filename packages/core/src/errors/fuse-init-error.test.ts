import { expect, test, vi } from 'vitest';
import { FuseInitError, inWords } from './fuse-init-error.js';

test('an error carries its code, its layer and its cause', () => {
  const cause = new RangeError('too far');
  const error = new FuseInitError('LAYER_UNSUPPORTED', 'why', { layerName: 'conv2d_1', cause });
  expect(error).toMatchObject({
    name: 'FuseInitError',
    message: 'why',
    code: 'LAYER_UNSUPPORTED',
    layerName: 'conv2d_1',
  });
  expect(error.cause).toBe(cause);
  expect(error).toBeInstanceOf(Error);
});

test('without a layer or a cause there is none', () => {
  const error = new FuseInitError('ABORTED', 'stopped');
  expect(error.layerName).toBeUndefined();
  expect('cause' in error).toBe(false);
});

test('isInstance knows the errors of another copy of the module', async () => {
  vi.resetModules();
  const copy = await import('./fuse-init-error.js');
  const foreign = new copy.FuseInitError('ABORTED', 'stopped');
  expect(foreign).not.toBeInstanceOf(FuseInitError);
  expect(FuseInitError.isInstance(foreign)).toBe(true);
  expect(copy.FuseInitError.isInstance(new FuseInitError('ABORTED', 'stopped'))).toBe(true);
});

test('isInstance goes by the marker that all versions share', () => {
  expect(FuseInitError.isInstance({ [Symbol.for('fuseinit.error')]: true })).toBe(true);
  for (const other of [new Error('other'), { code: 'ABORTED' }, null, undefined, 'ABORTED', 1]) {
    expect(FuseInitError.isInstance(other)).toBe(false);
  }
});

test('the marker does not show when the error is listed', () => {
  const error = new FuseInitError('ABORTED', 'stopped');
  expect(Object.getOwnPropertyDescriptor(error, Symbol.for('fuseinit.error'))?.enumerable).toBe(false);
});

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
