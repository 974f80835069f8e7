import type { FuseOptions, LayersModel, SpanRequest } from '@fuseinit/tfjs';
import { type Command, Option } from 'commander';
import {
  addDataOptions,
  addLabelOptions,
  type DataFormatOptions,
  type LabelFormatOptions,
} from '../../data/data-options.js';
import { readPlan } from '../../model/read-plan.js';
import { CliError } from '../../program/cli-error.js';
import {
  addBackendOptions,
  addSizeOptions,
  type BackendOptions,
  type SizeOptions,
} from '../../program/common-options.js';
import { number, orWord, wholeNumber } from '../../program/option-values.js';
import { kernelSize, spans } from './spans-option.js';

/** How `fuse` of @fuseinit/tfjs is to go about it. */
type SolvingOptions = Pick<
  FuseOptions,
  'kernelSize' | 'ridge' | 'refit' | 'propagate' | 'heldOut' | 'samples' | 'channelCoupling'
>;

export interface FuseCommandOptions
  extends BackendOptions,
    SizeOptions,
    DataFormatOptions,
    LabelFormatOptions,
    SolvingOptions {
  readonly data: string;
  readonly plan?: string;
  readonly spans?: SpanRequest[];
  readonly output: string;
  readonly force?: boolean;
  readonly report: boolean;
}

export function addFuseOptions(command: Command): Command {
  command
    .requiredOption('--data <path>', 'unlabelled inputs: .npy, .npz, idx, .csv, or a folder of images')
    .addOption(new Option('--plan <file>', 'what to fuse, as fuseinit plan wrote it').conflicts('spans'))
    .option('--spans <spans>', 'or as conv1:conv2,conv3:conv4@5 (kernel 5x5)', spans)
    .requiredOption('-o, --output <folder>', 'of the student and its report')
    .option('--force', 'writes into a folder that holds something')
    .option('--kernel-size <size>', 'of fused convolutions (default: the whole receptive field)', kernelSize)
    .option('--ridge <ridge>', 'relative to the mean variance (default: auto)', orWord('auto', number(0)))
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
    .option('--held-out <share>', 'of samples to measure on (default: 0.1)', number(0, 0.5))
    .option('--samples <n>', 'to take, or auto: until more change little', orWord('auto', wholeNumber(1)))
    .addOption(new Option('--channel-coupling <how>', '(default: full)').choices(['full', 'independent']))
    .option('--no-report', 'no report.json and report.html');
  return addBackendOptions(addSizeOptions(addLabelOptions(addDataOptions(command))));
}

/** @throws USAGE unless spans come from one place. */
export async function spansAsked(
  { plan, spans: given }: FuseCommandOptions,
  model: LayersModel,
): Promise<SpanRequest[]> {
  if (given) return given;
  if (plan !== undefined) return readPlan(plan, model);
  throw new CliError('USAGE', 'Nothing is named to fuse: give --plan FILE or --spans FIRST:LAST.');
}

export function solvingOptions(options: FuseCommandOptions): SolvingOptions {
  const names = [
    'kernelSize',
    'ridge',
    'refit',
    'propagate',
    'heldOut',
    'samples',
    'channelCoupling',
  ] as const satisfies (keyof SolvingOptions)[];
  return Object.fromEntries(
    names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  );
}
