import { fileURLToPath } from 'node:url';
import { referenceBackend } from '@fuseinit/core';
import { builtinLayers, createRegistry } from '@fuseinit/registry';
import { describe, expect, test } from 'vitest';
import { readGoldenCases } from './read-golden-cases.js';
import { runGoldenCase } from './run-golden-case.js';

const cases = readGoldenCases(fileURLToPath(new URL('../cases', import.meta.url)));
const registry = createRegistry({ layers: builtinLayers });
// Float64 rounding is 1e-16; the worst-conditioned case (ridge 1e-12) multiplies it by under 1e8.
const tolerance = 1e-8;

describe('golden cases in float64', () => {
  test('all 23 are here', () => expect(cases).toHaveLength(23));

  test.each(cases.map((golden) => [golden.name, golden] as const))('%s', async (_name, golden) => {
    const result = await runGoldenCase(golden, registry, referenceBackend);
    expect(result.geometryEqual).toBe(true);
    expect(result.preActivationError).toBeLessThan(tolerance);
    expect(result.kernelError).toBeLessThan(tolerance);
    expect(result.biasError).toBeLessThan(tolerance);
    expect(result.relativeMseError).toBeLessThan(tolerance);
  });
});
