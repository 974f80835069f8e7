import { parseArgs } from 'node:util';
import { referenceBackend } from '@fuseinit/core';
import { builtinLayers, createRegistry } from '@fuseinit/registry';
import { type GoldenCase, readGoldenCases } from './golden-case.js';
import { type GoldenResult, runGoldenCase } from './run-golden-case.js';

const usage = `Runs golden cases through the library and compares with an independent oracle.

  npm run golden -- FOLDER

Prints, per case, whether the geometry is equal and the relative error of kernel, bias and relative MSE.
Exit code 0: all within 1e-8. 1: one is off. 2: the call can't be taken.`;

const tolerance = 1e-8;

function isWithin(result: GoldenResult): boolean {
  const { preActivationError, kernelError, biasError, relativeMseError } = result;
  return (
    result.geometryEqual &&
    [preActivationError, kernelError, biasError, relativeMseError].every((error) => error <= tolerance)
  );
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  });
  const [folder] = positionals;
  if (values.help || !folder) {
    console.error(usage);
    return values.help ? 0 : 2;
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
  const registry = createRegistry({ layers: builtinLayers });
  let off = 0;
  console.log(`${'case'.padEnd(40)} geometry  kernel    bias      relativeMse`);
  for (const golden of cases) {
    const result = await runGoldenCase(golden, registry, referenceBackend);
    const errors = [result.kernelError, result.biasError, result.relativeMseError];
    const verdict = isWithin(result) ? '' : '  OFF';
    if (verdict) off++;
    console.log(
      `${result.name.padEnd(40)} ${(result.geometryEqual ? 'equal' : 'not equal').padEnd(9)} ${errors.map((error) => error.toExponential(1).padEnd(9)).join(' ')}${verdict}`,
    );
  }
  console.log(`${cases.length - off} of ${cases.length} within ${tolerance}`);
  return off === 0 ? 0 : 1;
}

process.exitCode = await main();
