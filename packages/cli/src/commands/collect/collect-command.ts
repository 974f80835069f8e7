import type { Shard } from '@fuseinit/tfjs';
import type { Command } from 'commander';
import { addDataOptions, type DataFormatOptions } from '../../data/data-options.js';
import { addSpansOptions, type SpansOptions } from '../../model/spans-asked.js';
import {
  addBackendOptions,
  addSizeOptions,
  type BackendOptions,
  type SizeOptions,
} from '../../program/common-options.js';
import type { ExitCode } from '../../program/exit-code.js';
import { number } from '../../program/option-values.js';
import { runCommand } from '../../program/run-command.js';
import { collectModel } from './collect-model.js';
import { shard } from './shard-option.js';

export interface CollectOptions extends BackendOptions, SizeOptions, DataFormatOptions, SpansOptions {
  readonly data: string;
  readonly shard?: Shard;
  readonly heldOut?: number;
  readonly output: string;
  readonly resume?: boolean;
  readonly force?: boolean;
}

export function defineCollect(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('collect')
    .description('Gathers what spans are solved from, whole or in parts, for merge and fuse --statistics.')
    .argument('<model>', 'a folder with a model.json, or that file')
    .requiredOption('--data <path>', 'unlabelled inputs: .npy, .npz, idx, .csv, or a folder of images')
    .requiredOption('-o, --output <file>', 'of the statistics')
    .option('--shard <i/n>', 'part i of n of the data, batch by batch, i from 0', shard)
    .option('--held-out <share>', 'of samples to measure on (default: 0.1)', number(0, 0.5))
    .option('--resume', 'goes on with what a stopped run left in FILE.partial')
    .option('--force', 'writes over what is there');
  addBackendOptions(addSizeOptions(addDataOptions(addSpansOptions(command))))
    .addHelpText(
      'after',
      `
Examples:
  fuseinit collect teacher --data images.npz --plan plan.json -o all.stats
  fuseinit collect teacher --data images.npz --spans conv3:conv4 --shard 0/4 -o 0.stats
  fuseinit merge 0.stats 1.stats 2.stats 3.stats -o all.stats
  fuseinit fuse teacher --data images.npz --plan plan.json \\
    --statistics all.stats -o student`,
    )
    .action(async (model: string, options: CollectOptions) => {
      ended(await runCommand(options, (session) => collectModel(model, options, session)));
    });
}
