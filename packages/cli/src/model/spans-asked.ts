import type { LayersModel, SpanRequest } from '@fuseinit/tfjs';
import { type Command, Option } from 'commander';
import { CliError } from '../program/cli-error.js';
import { readPlan } from './read-plan.js';
import { spans } from './spans-option.js';

export interface SpansOptions {
  readonly plan?: string;
  readonly spans?: SpanRequest[];
}

export function addSpansOptions(command: Command): Command {
  return command
    .addOption(new Option('--plan <file>', 'what to fuse, as fuseinit plan wrote it').conflicts('spans'))
    .option('--spans <spans>', 'or as conv1:conv2,conv3:conv4@5 (kernel 5x5)', spans);
}

/**
 * The spans that were named.
 *
 * @throws USAGE where none were.
 * @throws PLAN_INVALID as {@link readPlan} does.
 */
export async function spansAsked(
  { plan, spans: given }: SpansOptions,
  model: LayersModel,
): Promise<SpanRequest[]> {
  if (given) return given;
  if (plan !== undefined) return readPlan(plan, model);
  throw new CliError('USAGE', 'Nothing is named to fuse: give --plan FILE or --spans FIRST:LAST.');
}
