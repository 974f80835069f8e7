export { findChromium } from './find-chromium.js';
export { chromiumArguments, type LaunchOptions, launchChromium } from './launch-chromium.js';
