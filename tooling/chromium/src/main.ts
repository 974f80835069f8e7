import { spawnSync } from 'node:child_process';
import { findChromium } from './find-chromium.js';

// Says which Chromium tests use, and installs Debian's where there is none and this user may.

function found(): string | undefined {
  try {
    return findChromium();
  } catch {
    return undefined;
  }
}

function aptGet(...args: string[]): boolean {
  const { status } = spawnSync('apt-get', ['-qq', '-y', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return status === 0;
}

if (!found()) {
  console.log('No Chromium is here: installing it with apt-get.');
  const install = () => aptGet('install', '--no-install-recommends', 'chromium');
  // A machine whose package lists are old, or that has none, learns of new ones first.
  if (!install() && aptGet('update')) install();
}
try {
  console.log(`Chromium: ${findChromium()}`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
