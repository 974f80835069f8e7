import { expect, test } from 'vitest';
import { findChromium } from './find-chromium.js';

test('CHROMIUM_PATH comes first', () => {
  expect(findChromium({ CHROMIUM_PATH: process.execPath, PATH: '' })).toBe(process.execPath);
});

test('a CHROMIUM_PATH that leads nowhere is named, with what to do', () => {
  expect(() => findChromium({ CHROMIUM_PATH: '/no/such/browser' })).toThrow(
    /CHROMIUM_PATH is \/no\/such\/browser.*apt-get install chromium/,
  );
});
