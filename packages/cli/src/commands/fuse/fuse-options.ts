import type { FuseOptions } from '@fuseinit/tfjs';
import { type Command, Option } from 'commander';
import {
  addDataOptions,
  addLabelOptions,
  addThresholdOption,
  type DataFormatOptions,
  type LabelFormatOptions,
} from '../../data/data-options.js';
import { addSpansOptions, parseKernelSize, type SpansOptions } from '../../model/spans.js';
import { addSimplifyingOption, type SimplifyingOptions } from '../../model/teacher.js';
import { addModelOutputOptions, type ModelOutputOptions } from '../../output/model-output.js';
import { addOpenOption, type OpenOptions } from '../../output/open-report.js';
import {
  addBackendOptions,
  addSizeOptions,
  type BackendOptions,
  heldOutOption,
  type SizeOptions,
} from '../../program/common-options.js';
import { number, orWord, wholeNumber } from '../../program/option-values.js';
import { addRefitFrozenOption } from '../plan/plan-options.js';

/** Options of `fuse` of @fuseinit/tfjs. */
export type SolvingOptions = Pick<
  FuseOptions,
  | 'kernelSize'
  | 'ridge'
  | 'refit'
  | 'refitFrozen'
  | 'propagate'
  | 'heldOut'
  | 'seed'
  | 'samples'
  | 'channelCoupling'
>;

export interface FuseCommandOptions
  extends BackendOptions,
    SizeOptions,
    DataFormatOptions,
    LabelFormatOptions,
    SpansOptions,
    SimplifyingOptions,
    ModelOutputOptions,
    SolvingOptions,
    OpenOptions {
  readonly data: string;
  readonly statistics?: string;
  readonly output: string;
  readonly force?: boolean;
  readonly report: boolean;
}

export function addFuseOptions(command: Command): Command {
  command
    .requiredOption('--data <path>', 'unlabelled inputs: .npy, .npz, idx, .csv, or a folder of images')
    .option('--statistics <file>', 'of the spans, as fuseinit collect or merge wrote them')
    .requiredOption('-o, --output <folder>', 'of the student and its report')
    .option('--force', 'writes into a folder that holds something')
    .option(
      '--kernel-size <size>',
      'of fused convolutions (default: the whole receptive field)',
      parseKernelSize,
    )
    .option('--ridge <ridge>', "relative to each input's variance (default: auto)", orWord('auto', number(0)))
    .addOption(
      new Option('--refit <which>', 'later layers: solved anew (default: downstream)').choices([
        'downstream',
        'none',
      ]),
    )
    .addOption(
      new Option('--propagate <network>', 'where inputs come from (default: student)').choices([
        'student',
        'teacher',
      ]),
    )
    .addOption(heldOutOption())
    .option(
      '--samples <n>',
      'drawn of those read, or auto: until more change little',
      orWord('auto', wholeNumber(1)),
    )
    .addOption(
      new Option('--channel-coupling <how>', 'channels solved together or apart (default: full)').choices([
        'full',
        'independent',
      ]),
    )
    .option('--no-report', 'no report.json and report.html');
  addOpenOption(addModelOutputOptions(addRefitFrozenOption(addSimplifyingOption(command))));
  return addBackendOptions(
    addSizeOptions(addThresholdOption(addLabelOptions(addDataOptions(addSpansOptions(command))))),
  );
}

export function solvingOptions(options: FuseCommandOptions): SolvingOptions {
  const names = [
    'kernelSize',
    'ridge',
    'refit',
    'refitFrozen',
    'propagate',
    'samples',
    'channelCoupling',
  ] as const satisfies (keyof SolvingOptions)[];
  return Object.fromEntries(
    names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  );
}
