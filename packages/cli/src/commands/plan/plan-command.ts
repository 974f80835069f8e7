import type { Command } from 'commander';
import type { ExitCode } from '../../program/exit-code.js';
import { runCommand } from '../../program/run-command.js';
import { planModel } from './plan-model.js';
import { addPlanOptions, type PlanCommandOptions } from './plan-options.js';

export function definePlan(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('plan')
    .description('Finds the best layers to fuse within a budget, and writes them as a plan.')
    .argument('<model>', 'a folder with a model.json, or that file');
  addPlanOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  fuseinit plan teacher --data images.npz
  fuseinit plan teacher --data images.npz --max-latency 50% -o plan.json
  fuseinit plan teacher --data train.npz --array x --labels train.npz \\
    --labels-array y --max-params 20000 --try 5 -o plan.json`,
    )
    .action(async (model: string, options: PlanCommandOptions) => {
      ended(await runCommand(options, (session) => planModel(model, options, session)));
    });
}
