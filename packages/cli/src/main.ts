#!/usr/bin/env node
import { exitCode } from './program/failure.js';
import { main } from './program/main-program.js';

// A reader that closes the pipe early, such as head, is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`fuseinit: The output can't be written: ${error.message}. (OUTPUT_UNWRITABLE)\n`);
  process.exit(exitCode.failed);
});
process.exitCode = await main(process.argv.slice(2));
