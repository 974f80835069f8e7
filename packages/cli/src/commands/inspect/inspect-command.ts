import { startBackend } from '@fuseinit/node-backends';
import { describe, findSpans } from '@fuseinit/tfjs';
import type { Command } from 'commander';
import { loadModel } from '../../model/load-model.js';
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
  addCommonOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  fuseinit inspect teacher
  fuseinit inspect teacher/model.json --json`,
    )
    .action(async (model: string, options: CommonOptions) => {
      ended(await runCommand(options, ({ warn }) => inspectModel(model, warn)));
    });
}

async function inspectModel(path: string, warn: (message: string) => void): Promise<Outcome> {
  const { tf } = await startBackend('cpu', () => {});
  const model = await loadModel(tf, path, warn);
  const description = describe(model);
  const layers = new Map(description.layers.map((layer) => [layer.name, layer]));
  const { legal, illegal } = findSpans(model);
  const spans = legal.map((span) => ({ ...span, costs: spanCosts(span, layers) }));
  const data = { model: description, spans, refused: illegal };
  return { text: inspectionText(data), data };
}
