import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readGoldenCases } from '@fuseinit/golden/read';
import { backendNames, isBackendName } from './backend-name.js';
import { mainJobInput } from './main-job-input.js';
import { openBackend } from './open-backend.js';
import { faultsOf, runSuite, type SuiteResult } from './suite.js';
import { readmeWith, supportPage } from './support-page.js';
import { backendRows, markdown } from './tables.js';

const images = [250, 250] as const;

const usage = `Holds backends to the reference: conformance, golden cases, layers, and the main job on ${images[0]} images.

  npm run backends -- [${backendNames.join('] [')}] [--write] [--json FILE]

Without names all of them. --write writes SUPPORT.md and the README's table of backends; --json keeps the results.
Exit code 0: all pass. 1: one doesn't, or isn't there. 2: the call can't be taken.`;

const fileOf = (name: string) => new URL(`../../../${name}`, import.meta.url);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' }, write: { type: 'boolean' }, json: { type: 'string' } },
  });
  const unknown = positionals.find((name) => !isBackendName(name));
  if (values.write && positionals.length > 0) {
    console.error('--write writes of all backends: leave the names out.');
    return 2;
  }
  if (values.help || unknown !== undefined) {
    console.error(
      unknown === undefined ? usage : `${unknown}: one of ${backendNames.join(', ')} was expected.`,
    );
    return values.help ? 0 : 2;
  }
  const chosen = positionals.length > 0 ? positionals.filter(isBackendName) : backendNames;
  const cases = readGoldenCases(fileURLToPath(new URL('../../golden/cases', import.meta.url)));
  const job = await mainJobInput(...images);
  const results: SuiteResult[] = [];
  let faults = 0;
  const suites = chosen.flatMap((name) =>
    (name === 'webgl' ? [false, true] : [false]).map((halfFloats) => ({ name, halfFloats })),
  );
  for (const { name, halfFloats } of suites) {
    const label = halfFloats ? `${name}, 16 bits` : name;
    try {
      const backend = await openBackend(name, { halfFloats });
      try {
        const result = await runSuite(backend, cases, job, (doing) => console.error(`${label}: ${doing}`));
        results.push(result);
        for (const fault of faultsOf(result)) {
          faults++;
          console.error(`${label}: ${fault}`);
        }
      } finally {
        await backend.close();
      }
    } catch (error) {
      faults++;
      console.error(`${label}: ${(error as Error).message}`);
    }
  }
  if (results.length > 0) console.log(markdown(backendRows(results)));
  if (values.json) {
    mkdirSync(dirname(values.json), { recursive: true });
    writeFileSync(values.json, JSON.stringify(results, null, 2));
  }
  if (values.write && faults === 0) {
    const date = new Date().toISOString().slice(0, 10);
    writeFileSync(fileOf('SUPPORT.md'), supportPage(results, date, images));
    writeFileSync(
      fileOf('README.md'),
      readmeWith(readFileSync(fileOf('README.md'), 'utf8'), results, date, images),
    );
  }
  return faults === 0 ? 0 : 1;
}

process.exitCode = await main();
