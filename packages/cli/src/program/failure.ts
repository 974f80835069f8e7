import { FuseInitError } from '@fuseinit/core';
import { inCommandWords } from './command-words.js';

/** A failure of a command, as it is printed. */
export interface Failure {
  readonly exitCode: ExitCode;
  readonly code: string;
  /** The message: one or more sentences. */
  readonly message: string;
}

const issues = 'https://github.com/fuseinit/fuseinit/issues';

export function failureOf(error: unknown, signal: AbortSignal): Failure {
  if (signal.aborted) {
    return { exitCode: exitCode.interrupted, code: 'ABORTED', message: 'Stopped.' };
  }
  if (error instanceof CliError) {
    const ending = error.code === 'USAGE' ? exitCode.usage : exitCode.failed;
    return { exitCode: ending, code: error.code, message: error.message };
  }
  if (FuseInitError.isInstance(error)) {
    return { exitCode: exitCode.failed, code: error.code, message: inCommandWords(error.message) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    exitCode: exitCode.failed,
    code: 'UNEXPECTED',
    message: `${message.replace(/\.$/, '')}. This is a fault of fuseinit: please report it at ${issues}, with what --debug shows.`,
  };
}

/** The codes of usage errors of the command line; the libraries' errors have their `FuseInitErrorCode`. */
export type CliErrorCode =
  | 'ABORTED'
  | 'BUDGET_UNMET'
  | 'OUTPUT_EXISTS'
  | 'OUTPUT_IS_INPUT'
  | 'OUTPUT_UNWRITABLE'
  | 'PLUGIN_INVALID'
  | 'USAGE';

/**
 * A failure that is printed in one line: the message says what is wrong, what was expected and what to do.
 */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;
  /** Results that exist despite the failure, for `--json`. */
  readonly findings: object | undefined;
  /** The same results as text. */
  readonly text: string | undefined;

  constructor(
    code: CliErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly findings?: object; readonly text?: string } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.findings = options.findings;
    this.text = options.text;
  }
}

/** The exit codes of the program. */
export const exitCode = { done: 0, failed: 1, usage: 2, budgetMissed: 3, interrupted: 130 } as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
