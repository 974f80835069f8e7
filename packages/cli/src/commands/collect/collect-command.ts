import type { Command } from 'commander';
import type { ExitCode } from '../../program/exit-code.js';
import { runCommand } from '../../program/run-command.js';
import { collectModel } from './collect-model.js';
import { addCollectOptions, type CollectOptions } from './collect-options.js';

export function defineCollect(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('collect')
    .description('Gathers what spans are solved from, whole or in parts, for merge and fuse --statistics.')
    .argument('<model>', 'a folder with a model.json, or that file');
  addCollectOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  fuseinit collect teacher --data images.npz --plan plan.json -o all.stats
  fuseinit collect teacher --data images.npz --plan plan.json --shard 0/4 \\
    -o 0.stats
  fuseinit merge 0.stats 1.stats 2.stats 3.stats -o all.stats
  fuseinit fuse teacher --data images.npz --plan plan.json \\
    --statistics all.stats -o student`,
    )
    .action(async (model: string, options: CollectOptions) => {
      ended(await runCommand(options, (session) => collectModel(model, options, session)));
    });
}
