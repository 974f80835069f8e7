import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const usualPlaces = [
  '/usr/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const advice =
  'Install it (Debian and Ubuntu: apt-get install chromium; macOS: brew install --cask chromium), or let CHROMIUM_PATH name the executable.';

/**
 * Path of the Chromium that is installed here: what `CHROMIUM_PATH` names, or else what stands on the `PATH`
 * or in its usual place. Nothing is downloaded.
 *
 * @throws Error that says how to install it, when there is none.
 */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment.CHROMIUM_PATH;
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`CHROMIUM_PATH is ${named}, which is no executable file. ${advice}`);
  }
  const folders = (environment.PATH ?? '').split(delimiter).filter(Boolean);
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = [...onPath, ...usualPlaces].find(isExecutable);
  if (!found) throw new Error(`Chromium was not found. ${advice}`);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
