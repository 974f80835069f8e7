import { openModule, type PageModule } from '@fuseinit/chromium';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const entry = new URL('./testing-support/page.test-support.ts', import.meta.url);

describe.each([
  ['may not share memory', false, /^wasm (relaxed-)?simd, 1 thread$/],
  ['is cross-origin isolated', true, /^wasm (relaxed-)?simd, [2-8] threads$/],
])('in a page that %s', (_, isolated, name) => {
  let page: PageModule;
  beforeAll(async () => {
    page = await openModule(entry, { isolated });
  });
  afterAll(() => page.close());

  test('it solves as the reference does, and sums as float64 does', async () => {
    const seen = (await page.call('conformance')) as { name: string; checks: number; error: number };
    expect(seen.name).toMatch(name);
    expect(seen.checks).toBeGreaterThan(100);
    // Float32 products of at most 256 rows.
    expect(seen.error).toBeLessThan(2e-6);
  });

  test('the page has its turn while a worker works', async () => {
    expect(await page.call('turnsDuringWork')).toBeGreaterThan(3);
  });
});
