import { expect, test } from 'vitest';
import { thisSystem, unsupported } from './system.js';

const linux = { platform: 'linux', arch: 'x64', glibc: '2.36' };

test.each([
  [{ ...linux }, undefined],
  [{ ...linux, arch: 'arm64', glibc: '2.27' }, undefined],
  [{ ...linux, glibc: '3.0' }, undefined],
  [{ ...linux, glibc: '2.17' }, /needs glibc 2\.27 or newer, and here is glibc 2\.17/],
  [{ ...linux, glibc: undefined }, /another C library/],
  [{ ...linux, arch: 'riscv64' }, /no libtensorflow for riscv64/],
  [{ ...linux, platform: 'darwin', glibc: undefined }, /here is darwin: try npm rebuild/],
])('%j', (system, expected) => {
  const refusal = unsupported(system);
  if (expected) expect(refusal).toMatch(expected);
  else expect(refusal).toBeUndefined();
});

test('this system is what Node says', () => {
  expect(thisSystem()).toMatchObject({ platform: process.platform, arch: process.arch });
});
