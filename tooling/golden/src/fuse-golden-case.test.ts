import { fileURLToPath } from 'node:url';
import { createLinearAlgebra, type WasmLinearAlgebra } from '@fuseinit/linalg';
import { createDeviceBackend, createLinalgBackend } from '@fuseinit/tfjs';
import tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fuseGoldenCase } from './fuse-golden-case.js';
import { readGoldenCases } from './read-golden-cases.js';

const cases = readGoldenCases(fileURLToPath(new URL('../cases', import.meta.url)));

let linalg: WasmLinearAlgebra;

beforeAll(async () => {
  await tf.setBackend('cpu');
  linalg = await createLinearAlgebra();
});
afterAll(() => linalg.close());

describe.each([
  ['of the linear algebra', 5, () => createLinalgBackend(linalg)],
  ['of the device', 10, () => createDeviceBackend(tf, { name: 'cpu', maxTensorSize: 2 ** 24 })],
])('fuse gives the golden numbers by products %s', (_title, margin, adapter) => {
  test.each(cases.map((golden) => [golden.name, golden] as const))('%s', async (_name, golden) => {
    const result = await fuseGoldenCase(tf, adapter(), golden);
    expect(result.geometryEqual).toBe(true);
    // The suite allows the worst that rounding can do, and it rarely does a tenth of it; of the linear
    // algebra, which takes out a mean only where it is large, a fifth.
    const tolerance = result.tolerance / margin;
    expect(result.kernelError).toBeLessThan(tolerance);
    expect(result.biasError).toBeLessThan(tolerance);
    expect(result.relativeMseError).toBeLessThan(result.relativeMseTolerance / margin);
  });
});
