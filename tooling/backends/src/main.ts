import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readGoldenCases } from '@fuseinit/golden/read';
import { type BackendName, backendNames, isBackendName } from './backend-name.js';
import { mainJobInput } from './main-job-input.js';
import { openBackend } from './open-backend.js';
import { faultsOf, runSuite, type SuiteResult } from './suite.js';
import { supportPage } from './support-page.js';
import { backendTable } from './tables.js';

const images = [250, 250] as const;

const usage = `Holds backends to the reference: conformance, golden cases, layers, and the main job on ${images[0]} images.

  npm run backends -- [${backendNames.join('] [')}] [--write] [--json FILE | --from FILE]

Without names all of them. --write writes SUPPORT.md; --json keeps the results,
and --from takes them from such a file, as .ci/run leaves one in artifacts, instead of running.
Exit code 0: all pass. 1: one doesn't, or isn't there. 2: the call can't be taken.`;

/** The results that `--json` writes. */
interface Results {
  readonly date: string;
  readonly results: readonly SuiteResult[];
  /** The number of backends that failed or weren't available. */
  readonly failed: number;
}

const fileOf = (name: string) => new URL(`../../../${name}`, import.meta.url);

async function runAll(chosen: readonly BackendName[]): Promise<Results> {
  const cases = readGoldenCases(fileURLToPath(new URL('../../golden/cases', import.meta.url)));
  const job = await mainJobInput(...images);
  const results: SuiteResult[] = [];
  let failed = 0;
  const suites = chosen.flatMap((name) =>
    (name === 'webgl' ? [false, true] : [false]).map((halfFloats) => ({ name, halfFloats })),
  );
  for (const { name, halfFloats } of suites) {
    const label = halfFloats ? `${name}, 16 bits` : name;
    try {
      const backend = await openBackend(name, { halfFloats, stock: true });
      try {
        const result = await runSuite(backend, cases, job, (doing) => console.error(`${label}: ${doing}`));
        results.push(result);
        const faults = faultsOf(result);
        if (faults.length > 0) failed++;
        for (const fault of faults) console.error(`${label}: ${fault}`);
      } finally {
        await backend.close();
      }
    } catch (error) {
      failed++;
      console.error(`${label}: ${(error as Error).message}`);
    }
  }
  return { date: new Date().toISOString().slice(0, 10), results, failed };
}

function write({ results, date }: Results): void {
  writeFileSync(fileOf('SUPPORT.md'), supportPage(results, date, images));
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      write: { type: 'boolean' },
      json: { type: 'string' },
      from: { type: 'string' },
    },
  });
  const unknown = positionals.find((name) => !isBackendName(name));
  if (values.help || unknown !== undefined) {
    console.error(
      unknown === undefined ? usage : `${unknown}: one of ${backendNames.join(', ')} was expected.`,
    );
    return values.help ? 0 : 2;
  }
  if (values.write && positionals.length > 0) {
    console.error('--write writes of all backends: leave the names out.');
    return 2;
  }
  const chosen = positionals.length > 0 ? positionals.filter(isBackendName) : backendNames;
  const all = values.from ? (JSON.parse(readFileSync(values.from, 'utf8')) as Results) : await runAll(chosen);
  if (all.results.length > 0) console.log(backendTable(all.results));
  if (values.json) {
    mkdirSync(dirname(values.json), { recursive: true });
    writeFileSync(values.json, JSON.stringify(all, null, 2));
  }
  if (values.write && all.failed === 0) write(all);
  return all.failed === 0 ? 0 : 1;
}

process.exitCode = await main();
