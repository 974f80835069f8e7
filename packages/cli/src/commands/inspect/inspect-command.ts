import { costOf } from '@fuseinit/core';
import { startBackend } from '@fuseinit/node-backends';
import { describe, findSpans, readNetwork } from '@fuseinit/tfjs';
import { withInputShapes } from '@fuseinit/tfjs/internal';
import type { Command } from 'commander';
import { addSimplifyingOption, openTeacher, type SimplifyingOptions } from '../../model/teacher.js';
import { addCommonOptions, type CommonOptions } from '../../program/common-options.js';
import type { ExitCode } from '../../program/exit-code.js';
import { type Outcome, runCommand } from '../../program/run-command.js';
import { inspectionText } from './inspection-text.js';
import { spanCosts } from './span-costs.js';

export function defineInspect(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('inspect')
    .description('Layers of a model, what can be fused, and what stops the rest.')
    .argument('<model>', 'a folder with a model.json, or that file');
  addCommonOptions(addSimplifyingOption(command))
    .addHelpText(
      'after',
      `
Spans are those of the simplified model, as fuse takes them; layers are those of the model given.

Examples:
  fuseinit inspect teacher
  fuseinit inspect teacher/model.json --json`,
    )
    .action(async (model: string, options: CommonOptions & SimplifyingOptions) => {
      ended(await runCommand(options, ({ warn }) => inspectModel(model, options, warn)));
    });
}

async function inspectModel(
  path: string,
  options: SimplifyingOptions,
  warn: (message: string) => void,
): Promise<Outcome> {
  const { tf } = await startBackend('cpu', () => {});
  const { given, model } = await openTeacher(tf, path, options, warn);
  const network = withInputShapes(readNetwork(model));
  const { legal, illegal } = findSpans(model);
  const spans = legal.map((span) => ({ ...span, costs: spanCosts(network, span) }));
  const simplified = given === model ? null : { layers: network.nodes.length, cost: costOf(network) };
  const data = { model: describe(given), simplified, spans, refused: illegal };
  return { text: inspectionText(data), data };
}
