import { fileURLToPath } from 'node:url';
import { createDeviceBackend, createTfBackend } from '@fuseinit/tfjs';
import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { fuseGoldenCase } from './fuse-golden-case.js';
import { readGoldenCases } from './read-golden-cases.js';

const cases = readGoldenCases(fileURLToPath(new URL('../cases', import.meta.url)));

beforeAll(() => tf.setBackend('cpu'));

describe.each([
  ['laid out on the host', 30, () => createTfBackend(tf)],
  ['laid out on the device', 10, () => createDeviceBackend(tf, { name: 'cpu', maxTensorSize: 2 ** 24 })],
])('fuse gives the golden numbers, patches %s', (_title, margin, adapter) => {
  test.each(cases.map((golden) => [golden.name, golden] as const))('%s', async (_name, golden) => {
    const result = await fuseGoldenCase(tf, adapter(), golden);
    expect(result.geometryEqual).toBe(true);
    // The suite allows the worst that rounding can do, and it rarely does a tenth of it; the host adds up pieces in
    // float64 and sums less often.
    const tolerance = result.tolerance / margin;
    expect(result.kernelError).toBeLessThan(tolerance);
    expect(result.biasError).toBeLessThan(tolerance);
    expect(result.relativeMseError).toBeLessThan(result.relativeMseTolerance / margin);
  });
});
