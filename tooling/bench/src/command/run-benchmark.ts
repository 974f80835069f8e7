import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Measured, readRecorded, thisMachine, withRows, writeRecorded } from '../measuring/record.js';
import { performancePage } from '../report/performance-page.js';
import { allBenchmarks } from './all-benchmarks.js';
import type { Benchmark } from './benchmark.js';

/** Runs a benchmark, records its rows beside those of earlier runs, and prints the new rows. */
export async function runBenchmark(
  { name, section }: Benchmark,
  measure: (onProgress: (activity: string) => void) => Promise<Measured>,
  json: boolean,
): Promise<void> {
  const { software, rows } = await measure((activity) => console.error(`${name}: ${activity}`));
  const date = new Date().toISOString().slice(0, 10);
  const recorded = {
    benchmark: name,
    machine: thisMachine(),
    software,
    rows: rows.map((row) => ({ ...row, date })),
  };
  const file = resultFile(name);
  writeRecorded(file, withRows(readRecorded(file), recorded));
  console.log(json ? JSON.stringify(recorded, null, 2) : section(recorded));
}

const bench = new URL('../../', import.meta.url);

/** Returns the path of the file that keeps a benchmark's results. */
function resultFile(name: string): string {
  return fileURLToPath(new URL(`results/${name}.json`, bench));
}

/** The page that is written from all results. */
const pageFile = fileURLToPath(new URL('../../docs/performance.md', bench));

/** Writes the performance page from the recorded results. */
export function writePage(): void {
  const reported = allBenchmarks.map((benchmark) => ({
    benchmark,
    recorded: readRecorded(resultFile(benchmark.name)),
  }));
  writeFileSync(pageFile, performancePage(reported));
  console.log(relative(process.cwd(), pageFile));
}
