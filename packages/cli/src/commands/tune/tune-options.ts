import { type Command, Option } from 'commander';
import {
  addDataOptions,
  addLabelOptions,
  type DataFormatOptions,
  type LabelFormatOptions,
} from '../../data/data-options.js';
import { addModelOutputOptions, type ModelOutputOptions } from '../../output/model-output.js';
import {
  addBackendOptions,
  addSizeOptions,
  type BackendOptions,
  type SizeOptions,
} from '../../program/common-options.js';
import { number, orWord, wholeNumber } from '../../program/option-values.js';
import { type LossName, lossNames } from './label-loss.js';

export interface TuneOptions
  extends BackendOptions,
    SizeOptions,
    DataFormatOptions,
    LabelFormatOptions,
    ModelOutputOptions {
  readonly data: string;
  readonly teacher?: string;
  readonly loss?: LossName;
  readonly epochs: number;
  readonly learningRate: number | 'auto';
  readonly warmUp?: number;
  readonly patience?: number;
  readonly temperature?: number;
  readonly validation?: number;
  readonly output: string;
  readonly resume?: boolean;
  readonly force?: boolean;
}

export function addTuneOptions(command: Command): Command {
  command
    .requiredOption('--data <path>', 'inputs: .npy, .npz, idx, .csv, or a folder of images')
    .option('--teacher <model>', 'whose outputs the student is held to, with labels or without')
    .addOption(
      new Option('--loss <name>', 'on labels (default: what suits the model’s outputs)').choices(lossNames),
    )
    .requiredOption('--epochs <n>', 'passes over the data', wholeNumber(1))
    .requiredOption('-o, --output <folder>', 'of the tuned student')
    .option('--resume', 'goes on with what a stopped run left in FOLDER.partial')
    .option('--force', 'writes into a folder that holds something')
    .addOption(
      new Option(
        '--learning-rate <rate>',
        'of steps; auto tries some on the samples held out, and lets the best fall along a cosine',
      )
        .argParser(orWord('auto', number(0)))
        .default('auto'),
    )
    .option('--warm-up <epochs>', 'over which the rate grows from 0 (default: 0)', number(0))
    .option(
      '--validation <share>',
      'of samples to choose the best epoch on (default: those that fuse holds out)',
      number(0, 0.5),
    )
    .option('--patience <epochs>', 'without a gain before it stops (default: all are run)', wholeNumber(1))
    .option('--temperature <t>', 'softens what the teacher says (default: 2)', number(0));
  addModelOutputOptions(command);
  return addBackendOptions(addSizeOptions(addLabelOptions(addDataOptions(command))));
}

/** The options for the data, of which `--validation` is the share to hold out. */
export function dataOptions({ validation, ...options }: TuneOptions) {
  return { ...options, ...(validation !== undefined && { heldOut: validation }) };
}
