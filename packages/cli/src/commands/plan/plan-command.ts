import type { Command } from 'commander';
import { networkName } from '../../model/teacher.js';
import { type Work, withWork } from '../../model/work.js';
import { requireOutputFile, writeOutputFile } from '../../output/output-file.js';
import { CliError, type ExitCode } from '../../program/failure.js';
import { type Outcome, runCommand, type Session } from '../../program/run-command.js';
import { makePlan, planFileOf, planFindings } from './make-plan.js';
import { addPlanOptions, budgetOf, type PlanCommandOptions } from './plan-options.js';
import { budgetText, chosenText, planningText, unmetText } from './plan-text.js';

export function definePlan(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('plan')
    .description('Finds the best layers to fuse within a budget, and writes them as a plan.')
    .argument('<model>', 'a folder with a model.json, or that file');
  addPlanOptions(command)
    .addHelpText(
      'after',
      `
The model is simplified first, exactly: percentages are of the simplified model.

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

async function planModel(path: string, options: PlanCommandOptions, session: Session): Promise<Outcome> {
  const { output } = options;
  if (output !== undefined)
    await requireOutputFile(output, options.force === true, [path, options.data, options.labels]);
  return withWork(path, options, session, session.warn, (work) => planWith(work, options));
}

async function planWith(work: Work, options: PlanCommandOptions): Promise<Outcome> {
  const budget = budgetOf(options);
  const { format, refitFrozen } = options;
  const made = await makePlan(work, { budget, tries: options.try, format, refitFrozen });
  const { choice } = made;
  const name = networkName(work.teacher);
  const told = planningText(made, name);
  const findings = planFindings(work, made);
  if (!choice.chosen || !choice.isKept) {
    throw new CliError('BUDGET_UNMET', unmetText(budget, made, name), { text: told, findings });
  }
  const file = await planFileOf(work, made, choice.chosen, budget);
  work.session.signal.throwIfAborted();
  const { output } = options;
  if (output !== undefined) await writeOutputFile(output, `${JSON.stringify(file, null, 2)}\n`);
  return {
    text: [told, '', chosenText(budgetText(budget, made.planning, name), choice, output)].join('\n'),
    data: { ...findings, chosen: file, ...(output !== undefined && { output }) },
  };
}
