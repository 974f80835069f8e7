import { parseArgs } from 'node:util';
import type { Measured } from '../measuring/record.js';
import { allBenchmarks } from './all-benchmarks.js';
import type { Benchmark } from './benchmark.js';
import { readFlags } from './flags.js';

export const usage = `Measures how long things take, and keeps the results in tooling/bench/results.

  npm run bench -- NAME [options] [--json]
  npm run bench -- report

${allBenchmarks.map((benchmark) => `  ${benchmark.name}: ${benchmark.usage}`).join('\n\n')}

  report: writes docs/performance.md from the results that are kept

--json prints what was recorded instead of a table. Exit code 1: something failed. 2: the call can't be taken, or what
it needs isn't installed.`;

export type Arguments =
  | { readonly command: 'help' }
  | { readonly command: 'report' }
  | {
      readonly command: 'run';
      readonly benchmark: Benchmark;
      readonly measure: (onProgress: (activity: string) => void) => Promise<Measured>;
      readonly json: boolean;
    };

/** @throws Error with the argument and what was expected instead. */
export function readArguments(argv: readonly string[]): Arguments {
  const [name, ...rest] = argv;
  const { help } = parseArgs({
    args: [...argv],
    strict: false,
    options: { help: { type: 'boolean', short: 'h' } },
  }).values;
  if (help || name === undefined) return { command: 'help' };
  if (name === 'report') {
    readFlags(rest, []);
    return { command: 'report' };
  }
  const benchmark = allBenchmarks.find((known) => known.name === name);
  if (!benchmark) {
    const names = [...allBenchmarks.map((known) => known.name), 'report'];
    throw new Error(`The benchmark is ${JSON.stringify(name)}: one of ${names.join(', ')} was expected.`);
  }
  const measure = benchmark.prepare(rest.filter((argument) => argument !== '--json'));
  return { command: 'run', benchmark, measure, json: rest.includes('--json') };
}
