import { parseArgs } from 'node:util';
import { FuseInitError, referenceBackend } from '@fuseinit/core';
import { type FusedGoldenResult, type GoldenCase, runGoldenCase } from '@fuseinit/golden';
import { readGoldenCases } from '@fuseinit/golden/read';
import { builtinLayers, createRegistry } from '@fuseinit/registry';
import { backendNames, isBackendName } from './backend-name.js';
import { openBackend } from './open-backend.js';
import { isWithin } from './suite.js';

const usage = `Runs golden cases through the library and compares with an independent oracle.

  npm run golden -- FOLDER [--backend ${backendNames.join('|')}]

Prints, per case, whether the geometry is equal and the relative error of kernel, bias and relative MSE.
Without --backend, on plain arrays in float64: every error must be within 1e-8. With one, by fuse() on a stock model in
float32: every error must be within what moments may be off by there, 3e-5, times the condition number for weights.
Exit code 0: all within. 1: one is off. 2: the call can't be taken.`;

async function* inFloat64(cases: readonly GoldenCase[]): AsyncGenerator<FusedGoldenResult> {
  const registry = createRegistry({ layers: builtinLayers });
  for (const golden of cases) {
    const result = await runGoldenCase(golden, registry, referenceBackend);
    // The span must have the golden case's size before anything is solved.
    const geometryEqual = result.geometryEqual && result.preActivationError <= 1e-8;
    yield { ...result, geometryEqual, tolerance: 1e-8, relativeMseTolerance: 1e-8 };
  }
}

async function* onBackend(
  name: (typeof backendNames)[number],
  cases: readonly GoldenCase[],
): AsyncGenerator<FusedGoldenResult> {
  const backend = await openBackend(name);
  try {
    for (const golden of cases) yield await backend.run('golden', golden);
  } finally {
    await backend.close();
  }
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' }, backend: { type: 'string' } },
  });
  const [folder] = positionals;
  if (values.help || !folder) {
    console.error(usage);
    return values.help ? 0 : 2;
  }
  if (values.backend !== undefined && !isBackendName(values.backend)) {
    console.error(`--backend ${values.backend}: one of ${backendNames.join(', ')} was expected.`);
    return 2;
  }
  let cases: GoldenCase[];
  try {
    cases = readGoldenCases(folder);
  } catch (error) {
    console.error(`Golden cases can't be read from ${folder}: ${(error as Error).message}`);
    return 2;
  }
  if (cases.length === 0) {
    console.error(`No golden case (*.json) is in ${folder}.`);
    return 2;
  }
  let within = 0;
  console.log(`${'case'.padEnd(40)} geometry  kernel    bias      relativeMse`);
  for await (const line of values.backend ? onBackend(values.backend, cases) : inFloat64(cases)) {
    const errors = [line.kernelError, line.biasError, line.relativeMseError];
    const verdict = isWithin(line) ? '' : '  OFF';
    if (!verdict) within++;
    console.log(
      `${line.name.padEnd(40)} ${(line.geometryEqual ? 'equal' : 'not equal').padEnd(9)} ${errors.map((error) => error.toExponential(1).padEnd(9)).join(' ')}${verdict}`,
    );
  }
  const bound = values.backend ? '3e-5 of the condition number' : '1e-8';
  console.log(`${within} of ${cases.length} within ${bound}`);
  return within === cases.length ? 0 : 1;
}

process.exitCode = await main().catch((error: unknown) => {
  if (!FuseInitError.isInstance(error)) throw error;
  console.error(error.message);
  return 2;
});
