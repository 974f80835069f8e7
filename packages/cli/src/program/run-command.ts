import { inspect } from 'node:util';
import { red } from '../terminal/emphasis.js';
import { printableLine } from '../terminal/printable.js';
import { createProgress, type Progress } from '../terminal/progress.js';
import { CliError } from './cli-error.js';
import type { CommonOptions } from './common-options.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { failureOf } from './failure.js';

/** What a command came to: for people, and as data for `--json`. */
export interface Outcome {
  readonly text: string;
  readonly data: object;
  /** Where the command did its work and something is to be told of it all the same. */
  readonly exitCode?: ExitCode;
}

/** What a command has of the terminal it runs in. */
export interface Session {
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** A warning on stderr. */
  warn(message: string): void;
  /** A line on stderr. */
  tell(message: string): void;
}

/** Runs a command's work, prints what came out of it or why it failed, and gives the exit code. */
export async function runCommand(
  options: CommonOptions,
  work: (session: Session) => Promise<Outcome>,
): Promise<ExitCode> {
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  // Once each: who asks again doesn't want to wait.
  for (const signal of signals) process.once(signal, stop);
  const progress = createProgress(options.quiet === true);
  const warn = (message: string) => {
    if (!options.quiet) progress.above(`fuseinit: warning: ${printableLine(message)}`);
  };
  const tell = (message: string) => {
    if (!options.quiet) progress.above(`fuseinit: ${printableLine(message)}`);
  };
  try {
    const {
      text,
      data,
      exitCode: code = exitCode.done,
    } = await work({ signal: stopped.signal, progress, warn, tell });
    progress.stop();
    print(options.json ? JSON.stringify(data, null, 2) : text);
    return code;
  } catch (error) {
    progress.stop();
    const findings = error instanceof CliError ? error : undefined;
    if (!options.json && findings?.text) print(findings.text);
    return tellFailure(error, stopped.signal, options, findings?.findings);
  } finally {
    for (const signal of signals) process.removeListener(signal, stop);
  }
}

/** Tells a failure in one line on stderr, or as JSON on stdout. */
export function tellFailure(
  error: unknown,
  signal: AbortSignal,
  { json, debug }: Pick<CommonOptions, 'json' | 'debug'>,
  findings: object = {},
): ExitCode {
  const failure = failureOf(error, signal);
  const { code, message } = failure;
  if (debug) process.stderr.write(`${inspect(error)}\n`);
  if (json) print(JSON.stringify({ ...findings, error: { code, message } }, null, 2));
  else process.stderr.write(`${red('fuseinit:', process.stderr)} ${printableLine(message)} (${code})\n`);
  return failure.exitCode;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
