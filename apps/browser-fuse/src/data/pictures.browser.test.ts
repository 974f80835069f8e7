import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchChromium } from '@fuseinit/chromium';
import { openData } from '@fuseinit/data-files';
import { pillowImage } from '@fuseinit/test-inputs/fixtures';
import type { Browser, Page } from 'playwright-core';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const images = pillowImage('');

let server: ViteDevServer;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  // Its own cache of dependencies: another test may build the page meanwhile.
  const cacheDir = await mkdtemp(join(tmpdir(), 'fuseinit-vite-'));
  server = await createServer({
    root,
    cacheDir,
    logLevel: 'warn',
    server: { port: 0, host: '127.0.0.1', hmr: false },
    optimizeDeps: { include: ['fast-png'], noDiscovery: true },
  });
  await server.listen();
  browser = await launchChromium();
  page = await browser.newPage();
  await page.goto(`${server.resolvedUrls!.local[0]}src/data/`);
}, 120_000);
afterAll(async () => {
  const { cacheDir } = server?.config ?? {};
  await browser?.close();
  await server?.close();
  if (cacheDir) await rm(cacheDir, { recursive: true, force: true });
});

/** What the page's own module makes of a file: numbers from 0 to 255, or why not. */
async function pixelsInPage(
  name: string,
  shape: readonly [number, number, number],
): Promise<number[] | string> {
  const bytes = await readFile(join(images, name), 'base64');
  return page.evaluate(
    `(async () => {
      const { decodePictures } = await import('/src/data/pictures.ts');
      const bytes = Uint8Array.from(atob('${bytes}'), (character) => character.charCodeAt(0));
      const file = new File([bytes], '${name}');
      const signal = new AbortController().signal;
      try {
        return [...(await decodePictures([file], ${JSON.stringify(shape)}, () => {}, signal))];
      } catch (error) {
        return error.code + ': ' + error.message;
      }
    })()`,
  );
}

/** The same by the command line's reader. */
async function pixelsOfFile(name: string, [height, width, channels]: readonly [number, number, 1 | 3 | 4]) {
  const folder = await mkdtemp(join(tmpdir(), 'fuseinit-pictures-'));
  try {
    await copyFile(join(images, name), join(folder, name));
    const file = await openData(folder, { pixels: 'raw', resize: [height, width], channels });
    try {
      const values: number[] = [];
      for await (const { data } of file.batches(1)) values.push(...data);
      return values;
    } finally {
      await file.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const pillow = JSON.parse(await readFile(join(images, 'expected.json'), 'utf8')) as Record<
  string,
  Record<string, number[]> & { readonly height: number; readonly width: number }
>;
const names = (await readdir(images)).filter((name) => /\.(png|jpg)$/.test(name)).sort();

describe.each(names.filter((name) => name !== 'cmyk.jpg'))('%s', (name) => {
  test.each([1, 3, 4] as const)(
    'has in Chromium the pixels that Pillow reads, in %i channels',
    async (channels) => {
      const { height, width } = pillow[name]!;
      expect(await pixelsInPage(name, [height, width, channels])).toEqual(pillow[name]![channels]);
    },
  );

  test.each([
    [4, 3],
    [9, 11],
  ])('is resized to %i x %i as on the command line', async (height, width) => {
    for (const channels of [1, 3, 4] as const) {
      const shape = [height, width, channels] as const;
      expect(await pixelsInPage(name, shape)).toEqual(await pixelsOfFile(name, shape));
    }
  });
});

test('what the page would read otherwise is refused', async () => {
  expect(await pixelsInPage('cmyk.jpg', [6, 5, 3])).toMatch(
    /^CALIBRATION_DATA_UNSUPPORTED: cmyk\.jpg could not be decoded .*inks \(CMYK\): convert it to RGB/,
  );
  expect(await pixelsInPage('expected.json', [6, 5, 3])).toMatch(/neither PNG nor JPEG: convert it/);
});
