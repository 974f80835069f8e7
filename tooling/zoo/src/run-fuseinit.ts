import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const bin = join(
  dirname(createRequire(import.meta.url).resolve('@fuseinit/cli/package.json')),
  'dist/main.js',
);

/** The error that a command reported. */
export class CommandFailure extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Runs a command of fuseinit in a process of its own, as anyone would, and gives what it prints with
 * `--json`.
 *
 * @param signal Stops it when it fires.
 * @throws CommandFailure with the code that it printed, or CRASHED where it ended without one.
 */
export async function runFuseinit<Printed>(args: readonly string[], signal: AbortSignal): Promise<Printed> {
  const child = spawn(process.execPath, [bin, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGINT',
  });
  const texts = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      texts[stream] += text;
    });
  }
  const ending = await new Promise<string>((done, failed) => {
    child.on('error', failed);
    child.on('close', (code, killedBy) => done(String(killedBy ?? code)));
  });
  const printed = parsed(texts.stdout) as { error?: { code: string; message: string } } | undefined;
  if (printed === undefined) {
    const last = texts.stderr.trim().split('\n').at(-1);
    throw new CommandFailure('CRASHED', `fuseinit ${args[0]} ended with ${ending}: ${last}`);
  }
  if (printed.error) throw new CommandFailure(printed.error.code, printed.error.message);
  return printed as Printed;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
