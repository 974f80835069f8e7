import { FuseInitError } from '@fuseinit/core';
import { type Arguments, readArguments, usage } from './command/arguments.js';
import { runBenchmark, writePage } from './command/run-benchmark.js';

async function main(): Promise<number> {
  let args: Arguments;
  try {
    args = readArguments(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  try {
    if (args.command === 'help') console.log(usage);
    else if (args.command === 'report') writePage();
    else await runBenchmark(args.benchmark, args.measure, args.json);
    return 0;
  } catch (error) {
    console.error((error as Error).message);
    return FuseInitError.isInstance(error) && error.code === 'BACKEND_UNAVAILABLE' ? 2 : 1;
  }
}

process.exitCode = await main();
