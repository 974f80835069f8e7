import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchChromium, openModule } from '@fuseinit/chromium';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FusionReport } from './data/fusion-report.js';
import { parseReport } from './parse/parse-report.js';
import { renderReport } from './render-report.js';
import { everyReport, poison, poisoned } from './testing-support/reports.test-support.js';

let browser: Browser;
let folder = '';
const addresses: Record<string, string> = {};
let digits: FusionReport;
beforeAll(async () => {
  browser = await launchChromium({ webgl: false });
  folder = await mkdtemp(join(tmpdir(), 'fuseinit-report-'));
  const reports = await everyReport();
  digits = reports.digits;
  for (const [name, report] of Object.entries({ ...reports, poisoned: poisoned(reports.digits) })) {
    const path = join(folder, `${name}.html`);
    await writeFile(path, renderReport(report));
    addresses[name] = pathToFileURL(path).href;
  }
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Opens a page without a network, and keeps everything that goes wrong in it or is asked for. */
async function open(name: string, width: number, run: (page: Page) => Promise<void>): Promise<string[]> {
  const context = await browser.newContext({ offline: true, viewport: { width, height: 800 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('request', (request) => {
    if (request.url() !== addresses[name] && !request.url().startsWith('data:'))
      complaints.push(request.url());
  });
  await page.goto(addresses[name]!);
  await run(page);
  await context.close();
  return complaints;
}

describe.each(['digits', 'branches', 'series', 'table', 'poisoned'])('the page of %s', (name) => {
  test.each([360, 1280])('opens %i pixels wide, asks for nothing, runs over no edge', async (width) => {
    const complaints = await open(name, width, async (page) => {
      const shown = await page.evaluate(
        '[document.documentElement.scrollWidth, document.querySelector("h1").checkVisibility()]',
      );
      expect(shown).toEqual([width, true]);
      const broken = await page.evaluate(
        '[...document.images].filter((image) => image.naturalWidth === 0).length',
      );
      expect(broken).toBe(0);
    });
    expect(complaints).toEqual([]);
  });

  test('prints', async () => {
    const complaints = await open(name, 1280, async (page) => {
      const pdf = await page.pdf({ format: 'A4' });
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
      expect(pdf.length).toBeGreaterThan(20_000);
    });
    expect(complaints).toEqual([]);
  });
});

test('what would be HTML in a name is shown as it is, and nothing of it runs', async () => {
  const complaints = await open('poisoned', 1280, async (page) => {
    expect(await page.title()).toContain('Fusion of digits</style>');
    expect(await page.locator('h1').textContent()).toContain(poison);
    expect(
      await page.evaluate('document.scripts.length + document.querySelectorAll("[onerror]").length'),
    ).toBe(0);
  });
  expect(complaints).toEqual([]);
});

test('a page makes reports and pages as well', async () => {
  const page = await openModule(new URL('./testing-support/page.test-support.ts', import.meta.url));
  try {
    const html = (await page.call('pageOf', digits)) as string;
    expect(html).toMatch(/^<!doctype html>/);
    // Charts are the same but for text that a browser measures and Node estimates.
    expect(html.replace(/<svg.*?<\/svg>/gs, '')).toBe(renderReport(digits).replace(/<svg.*?<\/svg>/gs, ''));
    const report = await page.call('reportOfItself');
    expect(parseReport(report)).toMatchObject({ samples: 5, disagreeing: 0 });
  } finally {
    await page.close();
  }
});

test('follows the scheme of colours', async () => {
  await open('digits', 1280, async (page) => {
    const paper = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(await paper()).toBe('rgb(255, 255, 255)');
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await paper()).toBe('rgb(19, 22, 25)');
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
    expect(await paper()).toBe('rgb(255, 255, 255)');
  });
});

test('every text has a contrast of 4.5 with what is behind it', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await open('digits', 1280, async (page) => {
      await page.emulateMedia({ colorScheme });
      const names = ['--ink', '--soft', '--student', '--warn'];
      const ratios = await page.evaluate(`(${contrasts})(${JSON.stringify(names)}, '--paper')`);
      for (const ratio of ratios as number[]) expect(ratio).toBeGreaterThan(4.5);
    });
  }
});

/** By WCAG 2, in the page: the styles have the colours. */
const contrasts = `(names, behind) => {
  const luminance = (name) => {
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.color = 'var(' + name + ')';
    const parts = getComputedStyle(probe).color.match(/\\d+/g).map((part) => part / 255);
    const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  return names.map((name) => ratio(luminance(name), luminance(behind)));
}`;
