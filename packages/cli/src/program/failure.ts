import { FuseInitError } from '@fuseinit/core';
import { CliError } from './cli-error.js';
import { type ExitCode, exitCode } from './exit-code.js';

/** How a command failed, as it is told. */
export interface Failure {
  readonly exitCode: ExitCode;
  readonly code: string;
  /** One sentence or more. */
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
    return { exitCode: exitCode.failed, code: error.code, message: error.message };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    exitCode: exitCode.failed,
    code: 'UNEXPECTED',
    message: `${message.replace(/\.$/, '')}. This is a fault of fuseinit: please report it at ${issues}, with what --debug shows.`,
  };
}
