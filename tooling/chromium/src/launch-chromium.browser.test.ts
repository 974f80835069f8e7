import { expect, test } from 'vitest';
import { type LaunchOptions, launchChromium } from './launch-chromium.js';

test.each([
  [{}, true] as const,
  [{ webgl: false }, false] as const,
  [{ args: ['--use-gl=disabled'] }, false] as const,
])('a page of Chromium started with %j: WebGL 2 is there: %s', async (options: LaunchOptions, expected) => {
  const browser = await launchChromium(options);
  try {
    const page = await browser.newPage();
    const hasWebgl = await page.evaluate("new OffscreenCanvas(1, 1).getContext('webgl2') !== null");
    expect(hasWebgl).toBe(expected);
  } finally {
    await browser.close();
  }
});
