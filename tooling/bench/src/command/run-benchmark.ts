import { thisMachine } from '../measuring/machine.js';
import { type Measured, readRecorded, withRows, writeRecorded } from '../measuring/record.js';
import type { Benchmark } from './benchmark.js';
import { resultFile } from './result-files.js';

/** Runs a benchmark, records its rows beside those of earlier runs, and prints its own. */
export async function runBenchmark(
  { name, section }: Benchmark,
  measure: (tell: (doing: string) => void) => Promise<Measured>,
  json: boolean,
): Promise<void> {
  const { software, rows } = await measure((doing) => console.error(`${name}: ${doing}`));
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
