import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { type LaunchOptions, launchChromium } from './launch-chromium.js';

/** A module that runs in a page of its own browser. */
export interface PageModule {
  readonly page: Page;
  /** Calls an exported function with arguments, and gives its result; both travel as JSON. */
  call(name: string, ...args: readonly unknown[]): Promise<unknown>;
  close(): Promise<void>;
}

export interface ModuleOptions extends LaunchOptions {
  /** Whether the page is cross-origin isolated, and so may share memory with workers. Default false. */
  readonly isolated?: boolean;
}

/** Bundles that were made in this process, by their entries. */
const bundles = new Map<string, Promise<string>>();

/** Bundles a TypeScript module with what it imports, and loads it into an empty page. */
export async function openModule(entry: URL, options: ModuleOptions = {}): Promise<PageModule> {
  const path = fileURLToPath(entry);
  const bundled = bundles.get(path) ?? bundle(path);
  bundles.set(path, bundled);
  const code = await bundled;
  const browser = await launchChromium(options);
  try {
    const page = await browser.newPage();
    if (options.isolated) await isolate(page);
    await page.addScriptTag({ content: code });
    return {
      page,
      call: (name, ...args) =>
        page.evaluate(`pageModule[${JSON.stringify(name)}](...${JSON.stringify(args)})`),
      close: () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** An empty page of an origin that the browser trusts, without a server. */
async function isolate(page: Page): Promise<void> {
  const origin = 'http://localhost/';
  await page.route(origin, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: '<!doctype html>',
      headers: {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      },
    }),
  );
  await page.goto(origin);
}

async function bundle(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      lib: { entry, formats: ['iife'], name: 'pageModule', fileName: 'page' },
    },
  });
  const [bundled] = Array.isArray(built) ? built : [built];
  const chunk = bundled && 'output' in bundled ? bundled.output[0] : undefined;
  if (!chunk) throw new Error(`${entry} gave no bundle.`);
  return chunk.code;
}
