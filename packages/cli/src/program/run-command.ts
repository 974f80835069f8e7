import { inspect } from 'node:util';
import { printableLine, red } from '../terminal/printable.js';
import { createProgress, type Progress } from '../terminal/progress.js';
import { inCommandWords } from './command-words.js';
import type { CommonOptions } from './common-options.js';
import { CliError, type ExitCode, exitCode, failureOf } from './failure.js';

/** The result of a command: text for people, and data for `--json`. */
export interface Outcome {
  readonly text: string;
  readonly data: object;
  /** Set if the exit code differs from success although the command did its work. */
  readonly exitCode?: ExitCode;
}

/** The terminal that a command runs in. */
export interface Session {
  /** A signal that fires on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Prints a warning on stderr. */
  warn(message: string): void;
  /** Prints a line on stderr. */
  tell(message: string): void;
}

/** Runs a command, prints its result or its failure, and returns the exit code. */
export async function runCommand(
  options: CommonOptions,
  work: (session: Session) => Promise<Outcome>,
): Promise<ExitCode> {
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  // Only the first Ctrl-C aborts; the second one kills the process.
  for (const signal of signals) process.once(signal, stop);
  const progress = createProgress(options.quiet === true);
  const warn = (message: string) => {
    if (!options.quiet) progress.above(`fuseinit: warning: ${printableLine(inCommandWords(message))}`);
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

/** Prints a failure in one line on stderr, or as JSON on stdout. */
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
