import { FuseInitError } from '@fuseinit/core';
import { type Arguments, readArguments, usage } from './command/arguments.js';
import { runBenchmark } from './command/run-benchmark.js';
import { writePage } from './command/write-page.js';

async function main(): Promise<number> {
  let asked: Arguments;
  try {
    asked = readArguments(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  try {
    if (asked.command === 'help') console.log(usage);
    else if (asked.command === 'report') writePage();
    else await runBenchmark(asked.benchmark, asked.measure, asked.json);
    return 0;
  } catch (error) {
    console.error((error as Error).message);
    return FuseInitError.isInstance(error) && error.code === 'BACKEND_UNAVAILABLE' ? 2 : 1;
  }
}

process.exitCode = await main();
