import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { readRecorded } from '../measuring/record.js';
import { performancePage } from '../report/performance-page.js';
import { allBenchmarks } from './all-benchmarks.js';
import { pageFile, resultFile } from './result-files.js';

/** Writes the page of performance from what was recorded. */
export function writePage(): void {
  const reported = allBenchmarks.map((benchmark) => ({
    benchmark,
    recorded: readRecorded(resultFile(benchmark.name)),
  }));
  writeFileSync(pageFile, performancePage(reported));
  console.log(relative(process.cwd(), pageFile));
}
