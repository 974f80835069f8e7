import type { Command } from 'commander';
import { addCommonOptions, type CommonOptions } from '../../program/common-options.js';
import type { ExitCode } from '../../program/exit-code.js';
import { type Outcome, runCommand } from '../../program/run-command.js';
import { version } from '../../program/version.js';
import { printableLine } from '../../terminal/printable.js';
import { checkBackends } from './check-backends.js';
import { checkLinearAlgebra } from './check-linear-algebra.js';
import type { Finding } from './finding.js';

export function defineDoctor(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('doctor')
    .description('What is here to compute on, and the command that mends what is missing.');
  addCommonOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  fuseinit doctor
  fuseinit doctor --json`,
    )
    .action(async (options: CommonOptions) => {
      ended(await runCommand(options, examine));
    });
}

async function examine(): Promise<Outcome> {
  const findings: Finding[] = [
    { name: 'fuseinit', works: true, text: version },
    { name: 'node', works: true, text: `${process.version}, ${process.platform} ${process.arch}` },
    await checkLinearAlgebra(),
    ...(await checkBackends()),
  ];
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.map(
    ({ name, works, text }) => `${works ? 'ok ' : '-  '} ${name.padEnd(width)}  ${printableLine(text)}`,
  );
  return { text: lines.join('\n'), data: { findings } };
}
