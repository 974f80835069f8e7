import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheFolder } from './cache-folder.js';
import { isSupportedVersion } from './provide.js';

test.each([
  ['2.9.1', true],
  ['2.21.0', true],
  ['2.18.0-rc1', true],
  ['2.8.4', false],
  ['1.15.5', false],
  ['3.0.0', false],
  ['', false],
])('TensorFlow %s: %s', (version, supported) => {
  expect(isSupportedVersion(version)).toBe(supported);
});

test('the cache is where XDG says, or in the home folder', () => {
  expect(cacheFolder({ XDG_CACHE_HOME: '/big' })).toBe('/big/fuseinit/libtensorflow');
  expect(cacheFolder({ XDG_CACHE_HOME: '' })).toBe(join(homedir(), '.cache/fuseinit/libtensorflow'));
});
