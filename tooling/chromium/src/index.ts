export { findChromium } from './find-chromium.js';
export { chromiumArguments, type LaunchOptions, launchChromium } from './launch-chromium.js';
export { openModule, type PageModule } from './open-module.js';
