import { type Command, Option } from 'commander';
import {
  addDataOptions,
  addLabelOptions,
  addThresholdOption,
  type DataFormatOptions,
  type LabelFormatOptions,
} from '../../data/data-options.js';
import {
  addBackendOptions,
  addSizeOptions,
  type BackendOptions,
  heldOutOption,
  type SizeOptions,
} from '../../program/common-options.js';
import { number, wholeNumber } from '../../program/option-values.js';
import { amount } from './amount.js';
import type { Amount, BudgetAsked } from './budget.js';

export interface PlanCommandOptions
  extends BackendOptions,
    SizeOptions,
    DataFormatOptions,
    LabelFormatOptions {
  readonly data: string;
  readonly maxLatency?: Amount;
  readonly maxParams?: Amount;
  readonly maxDepth?: Amount;
  readonly maxError?: number;
  readonly try: number;
  readonly heldOut?: number;
  readonly output?: string;
  readonly force?: boolean;
}

const defaultError = 0.1;
const budgets = ['maxLatency', 'maxParams', 'maxDepth', 'maxError'];

export function addPlanOptions(command: Command): Command {
  const budget = (flags: string, what: string, parse: (text: string) => unknown) => {
    const option = new Option(flags, what).argParser(parse);
    return option.conflicts(budgets.filter((name) => name !== option.attributeName()));
  };
  command
    .requiredOption('--data <path>', 'unlabelled inputs: .npy, .npz, idx, .csv, or a folder of images')
    .addOption(budget('--max-latency <ms>', "milliseconds, or 50% of the teacher's", amount(1e-3)))
    .addOption(budget('--max-params <n>', "parameters, or 50% of the teacher's", amount(1)))
    .addOption(budget('--max-depth <n>', 'layers with weights', amount(1)))
    .addOption(budget('--max-error <e>', `relative MSE of the output (default: ${defaultError})`, number(0)))
    .option('--try <n>', 'plans to carry out and measure', wholeNumber(0), 3)
    .addOption(heldOutOption(0.01))
    .option('-o, --output <file>', 'writes the chosen plan, for fuse --plan')
    .option('--force', 'writes over a file that is there');
  return addBackendOptions(addSizeOptions(addThresholdOption(addLabelOptions(addDataOptions(command)))));
}

export function budgetAsked(options: PlanCommandOptions): BudgetAsked {
  const { maxLatency, maxParams, maxDepth, maxError = defaultError } = options;
  if (maxLatency) return { of: 'latency', amount: maxLatency };
  if (maxParams) return { of: 'parameters', amount: maxParams };
  if (maxDepth) return { of: 'depth', amount: maxDepth };
  return { of: 'error', most: maxError };
}
