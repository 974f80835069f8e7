import type { Command } from 'commander';
import type { ExitCode } from '../../program/exit-code.js';
import { runCommand } from '../../program/run-command.js';
import { tuneModel } from './tune-model.js';
import { addTuneOptions, type TuneOptions } from './tune-options.js';

export function defineTune(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('tune')
    .description('Trains a student on, gently, held to labels, to a teacher, or to both.')
    .argument('<student>', 'a folder with a model.json, or that file');
  addTuneOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  fuseinit tune student --data images.npz --teacher teacher --epochs 5 -o tuned
  fuseinit tune student --data train.npz --array x --labels train.npz \\
    --labels-array y --epochs 20 --patience 3 -o tuned`,
    )
    .action(async (student: string, options: TuneOptions) => {
      ended(await runCommand(options, (session) => tuneModel(student, options, session)));
    });
}
