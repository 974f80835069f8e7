import type { Shard } from '@fuseinit/tfjs';
import type { Command } from 'commander';
import { addDataOptions, type DataFormatOptions } from '../../data/data-options.js';
import { addSpansOptions, type SpansOptions } from '../../model/spans.js';
import { addSimplifyingOption, type SimplifyingOptions } from '../../model/teacher.js';
import {
  addBackendOptions,
  addSizeOptions,
  type BackendOptions,
  heldOutOption,
  type SizeOptions,
} from '../../program/common-options.js';
import { shard } from './shard-option.js';

export interface CollectOptions
  extends BackendOptions,
    SizeOptions,
    DataFormatOptions,
    SpansOptions,
    SimplifyingOptions {
  readonly data: string;
  readonly shard?: Shard;
  readonly heldOut?: number;
  readonly output: string;
  readonly resume?: boolean;
  readonly force?: boolean;
}

export function addCollectOptions(command: Command): Command {
  command
    .requiredOption('--data <path>', 'unlabelled inputs: .npy, .npz, idx, .csv, or a folder of images')
    .requiredOption('-o, --output <file>', 'of the statistics')
    .option('--shard <i/n>', 'part i of n of the data, batch by batch, i from 0', shard)
    .addOption(heldOutOption())
    .option('--resume', 'goes on with what a stopped run left in FILE.partial')
    .option('--force', 'writes over what is there');
  addSimplifyingOption(command);
  return addBackendOptions(addSizeOptions(addDataOptions(addSpansOptions(command))));
}
