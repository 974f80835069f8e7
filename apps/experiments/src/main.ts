import { FuseInitError } from '@fuseinit/core';
import { type Arguments, readArguments, usage } from './command/arguments.js';
import { heldOutCommand } from './command/held-out-command.js';
import { reportCommand } from './command/report-command.js';
import { listExperiments, runCommand } from './command/run-command.js';
import { predictionsCommand } from './predictions/predictions-command.js';

async function main(): Promise<number> {
  let args: Arguments;
  try {
    args = readArguments(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  const stopped = new AbortController();
  process.once('SIGINT', () => stopped.abort());
  try {
    switch (args.command) {
      case 'help':
        console.log(usage);
        return 0;
      case 'list':
        console.log(listExperiments());
        return 0;
      case 'run':
        return await runCommand(args, stopped.signal);
      case 'report':
        return await reportCommand(args);
      case 'held-out':
        return await heldOutCommand(args, stopped.signal);
      case 'predictions':
        return await predictionsCommand(args, stopped.signal);
    }
  } catch (error) {
    if (stopped.signal.aborted) {
      console.error('Stopped. The same command with --resume goes on.');
      return 130;
    }
    console.error(FuseInitError.isInstance(error) ? error.message : `It failed: ${(error as Error).message}`);
    return 1;
  }
}

process.exitCode = await main();
