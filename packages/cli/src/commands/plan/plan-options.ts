import type { Amount, Budget } from '@fuseinit/planner';
import type { ModelFormat } from '@fuseinit/tfjs/internal';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  addDataOptions,
  addLabelOptions,
  addThresholdOption,
  type DataFormatOptions,
  type LabelFormatOptions,
} from '../../data/data-options.js';
import { addSimplifyingOption, type SimplifyingOptions } from '../../model/teacher.js';
import { formatOption } from '../../output/model-output.js';
import {
  addBackendOptions,
  addSizeOptions,
  type BackendOptions,
  heldOutOption,
  type SizeOptions,
} from '../../program/common-options.js';
import { number, wholeNumber } from '../../program/option-values.js';

export interface RefitFrozenOptions {
  readonly refitFrozen?: boolean;
}

export function addRefitFrozenOption(command: Command): Command {
  return command.option('--refit-frozen', 'refits frozen layers as well');
}

/** The options for the budget of a plan, at most one of which may be given. */
export interface BudgetOptions {
  readonly maxLatency?: Amount;
  readonly maxParams?: Amount;
  readonly maxDepth?: Amount;
  readonly maxError?: number;
}

export interface PlanCommandOptions
  extends BackendOptions,
    SizeOptions,
    DataFormatOptions,
    LabelFormatOptions,
    SimplifyingOptions,
    RefitFrozenOptions,
    BudgetOptions {
  readonly data: string;
  readonly format: ModelFormat;
  readonly try: number;
  readonly heldOut?: number;
  readonly output?: string;
  readonly force?: boolean;
}

const defaultError = 0.1;
const budgets = ['maxLatency', 'maxParams', 'maxDepth', 'maxError'];

export function addPlanOptions(command: Command): Command {
  command.requiredOption('--data <path>', 'unlabelled inputs: .npy, .npz, idx, .csv, or a folder of images');
  addBudgetOptions(command, `default: ${defaultError}`)
    .option('--try <n>', 'plans to carry out and measure', wholeNumber(0), 3)
    .addOption(formatOption('what latencies are of: layers, or graph, a GraphModel of fused kernels'))
    .addOption(heldOutOption(0.01))
    .option('-o, --output <file>', 'writes the chosen plan, for fuse --plan')
    .option('--force', 'writes over a file that is there');
  addRefitFrozenOption(addSimplifyingOption(command));
  return addBackendOptions(addSizeOptions(addThresholdOption(addLabelOptions(addDataOptions(command)))));
}

/** @param otherwise A description of what applies if no budget is given. */
export function addBudgetOptions(command: Command, otherwise: string): Command {
  const budget = (flags: string, what: string, parse: (text: string) => unknown) => {
    const option = new Option(flags, what).argParser(parse);
    return option.conflicts(budgets.filter((name) => name !== option.attributeName()));
  };
  return command
    .addOption(budget('--max-latency <ms>', "milliseconds, or 50% of the simplified model's", amount(1e-3)))
    .addOption(budget('--max-params <n>', "parameters, or 50% of the simplified model's", amount(1)))
    .addOption(budget('--max-depth <n>', 'layers with weights', amount(1)))
    .addOption(budget('--max-error <e>', `relative MSE of the output (${otherwise})`, number(0)));
}

/** @param otherwise The default budget. */
export function budgetOf(
  { maxLatency, maxParams, maxDepth, maxError }: BudgetOptions,
  otherwise: Budget = { of: 'error', most: defaultError },
): Budget {
  if (maxLatency) return { of: 'latency', amount: maxLatency };
  if (maxParams) return { of: 'parameters', amount: maxParams };
  if (maxDepth) return { of: 'depth', amount: maxDepth };
  return maxError === undefined ? otherwise : { of: 'error', most: maxError };
}

/** Parses an absolute amount in the given unit, such as `0.5`, or a share of the teacher's, such as `50%`. */
export function amount(unit: number): (text: string) => Amount {
  return (text) => {
    const found = /^(\d+(?:\.\d+)?|\.\d+)\s*(%?)$/.exec(text.trim());
    if (!found || Number(found[1]) === 0) {
      throw new InvalidArgumentError(
        "A number above 0, or a share of the teacher's such as 50%, was expected.",
      );
    }
    const isShare = found[2] === '%';
    return { value: Number(found[1]) * (isShare ? 0.01 : unit), isShare };
  };
}
