import { openModule, type PageModule } from '@fuseinit/chromium';
import { afterEach, describe, expect, test } from 'vitest';

const entry = new URL('./testing-support/page.test-support.ts', import.meta.url);

let opened: PageModule | undefined;
afterEach(() => opened?.close());
const openPage = async (options = {}) => {
  opened = await openModule(entry, options);
  return opened;
};

describe('moments on WebGL pass the conformance suite', () => {
  test('in float32, on the GPU', async () => {
    const page = await openPage();
    expect(await page.call('conformance', false)).toMatchObject({
      said: 16,
      name: 'webgl',
      floatPrecision: 32,
    });
  });

  test('on textures of 900 by 900, batches split to fit', async () => {
    const page = await openPage();
    // tfjs throws on a texture of longer sides. The longest case has 2.3 million numbers in its patches, and
    // 0.8 fit.
    expect(await page.call('conformance', false, 900)).toMatchObject({ name: 'webgl', floatPrecision: 32 });
  });

  test('where the device renders 16-bit floats, on the host', async () => {
    const page = await openPage();
    expect(await page.call('conformance', true)).toMatchObject({
      said: 32,
      name: 'webgl',
      floatPrecision: 16,
    });
  });
});

test('16-bit floats are refused on demand', async () => {
  const page = await openPage();
  expect(await page.call('refuseHalfFloats')).toMatchObject({
    code: 'PRECISION_TOO_LOW',
    message: expect.stringContaining('whenImprecise'),
  });
});

test('a browser without WebGL is told what else runs', async () => {
  const page = await openPage({ webgl: false });
  expect(await page.call('start')).toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringContaining("setBackend('wasm')"),
  });
});

test('no batch leaves a tensor or a texture behind', async () => {
  const page = await openPage();
  const { before, after } = (await page.call('leaks', 50)) as Record<string, object>;
  expect(after).toEqual(before);
});

test('a context lost in the middle is reported, and the fusion goes on from its checkpoint', async () => {
  const page = await openPage();
  const { lost, resumed, seen } = (await page.call('loseContext')) as {
    lost: { code: string; message: string };
    resumed: number[][];
    seen: number[];
  };
  expect(lost).toMatchObject({ code: 'DEVICE_LOST', message: expect.stringContaining('same checkpoint') });
  // 96 samples, of which half were counted before.
  expect(seen[0]).toBeGreaterThan(48);
  expect(seen.at(-1)).toBe(96);
  await page.close();
  const undisturbed = await (await openPage()).call('fuseUndisturbed');
  expect(resumed).toEqual(undisturbed);
});
