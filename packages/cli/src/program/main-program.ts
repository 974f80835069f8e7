import { CommanderError } from 'commander';
import { createProgram } from './create-program.js';
import { CliError, type ExitCode, exitCode } from './failure.js';
import { tellFailure } from './run-command.js';

/**
 * Runs the program.
 *
 * @param argv The arguments after the program's name.
 * @returns The exit code.
 */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = exitCode.done;
  const program = createProgram((ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(argv.length > 0 ? argv : ['--help'], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has printed the help or the version.
    if (error instanceof CommanderError && error.exitCode === 0) return exitCode.done;
    const command = program.commands.find((known) => known.name() === argv[0]);
    const help = `See fuseinit ${command ? `${command.name()} ` : ''}--help.`;
    const asked = { json: argv.includes('--json'), debug: argv.includes('--debug') };
    return tellFailure(asUsage(error, help), new AbortController().signal, asked);
  }
}

function asUsage(error: unknown, help: string): unknown {
  if (!(error instanceof CommanderError)) return error;
  const message = error.message
    .replace(/^error: /, '')
    .replace(/\s+/g, ' ')
    .replace(/[.)]?$/, (end) => (end === ')' ? ').' : '.'));
  return new CliError('USAGE', `${message.charAt(0).toUpperCase()}${message.slice(1)} ${help}`, {
    cause: error,
  });
}
