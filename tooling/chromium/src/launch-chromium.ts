import { type Browser, chromium } from 'playwright-core';
import { findChromium } from './find-chromium.js';

export interface LaunchOptions {
  /** Whether pages have WebGL, drawn in software, so that every machine computes the same. Default true. */
  readonly webgl?: boolean;
  /** Further arguments of the command line. */
  readonly args?: readonly string[];
  /** Default true. */
  readonly headless?: boolean;
  /** Whether Ctrl-C closes the browser and ends the program, as Playwright has it. Default true. */
  readonly handleSIGINT?: boolean;
}

/** The command line that Chromium is started with: for those who start it by other means. */
export function chromiumArguments({ webgl = true, args = [] }: LaunchOptions = {}): string[] {
  const graphics = webgl
    ? ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader']
    : // --disable-3d-apis would leave it to OffscreenCanvas, and so to workers.
      ['--use-gl=disabled'];
  // Containers run as root, which Chromium's sandbox refuses.
  return ['--no-sandbox', '--disable-quic', ...graphics, ...args];
}

/**
 * Starts the Chromium that is installed here, without a window.
 *
 * @throws Error that says how to install it, when there is none.
 */
export function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    headless: options.headless ?? true,
    handleSIGINT: options.handleSIGINT ?? true,
    args: chromiumArguments(options),
  });
}
