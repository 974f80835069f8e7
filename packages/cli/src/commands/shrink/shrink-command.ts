import { join } from 'node:path';
import { FuseInitError } from '@fuseinit/core';
import type { WeightDtype } from '@fuseinit/model-files';
import type { Budget } from '@fuseinit/planner';
import type { LayersModel } from '@fuseinit/tfjs';
import { type Command, Option } from 'commander';
import { addDataOptions, addLabelOptions, addThresholdOption } from '../../data/data-options.js';
import { addSimplifyingOption, networkName } from '../../model/teacher.js';
import { type Work, type WorkOptions, withWork } from '../../model/work.js';
import { addModelOutputOptions, type ModelOutputOptions } from '../../output/model-output.js';
import { addOpenOption, type OpenOptions, openReport } from '../../output/open-report.js';
import { type OutputFolder, openOutputFolder } from '../../output/output-folder.js';
import { addBackendOptions, addSizeOptions, heldOutOption } from '../../program/common-options.js';
import { CliError, type ExitCode, exitCode } from '../../program/failure.js';
import { orWord, wholeNumber } from '../../program/option-values.js';
import { type Outcome, runCommand, type Session } from '../../program/run-command.js';
import { stagesOf } from '../../terminal/progress.js';
import { finishStudent } from '../fuse/finish-student.js';
import { fusedSpansTable, savedText } from '../fuse/fusion-text.js';
import { networksTable } from '../fuse/network-figures.js';
import { budgetVerdict, verdictText } from '../plan/budget-verdict.js';
import { makePlan } from '../plan/make-plan.js';
import {
  addBudgetOptions,
  addRefitFrozenOption,
  type BudgetOptions,
  budgetOf,
  type RefitFrozenOptions,
} from '../plan/plan-options.js';
import { chosenPlan } from '../plan/plan-report.js';
import { unmetText } from '../plan/plan-text.js';
import { type AutoTuned, autoTune } from './auto-tune.js';

interface ShrinkOptions
  extends WorkOptions,
    BudgetOptions,
    RefitFrozenOptions,
    ModelOutputOptions,
    OpenOptions {
  readonly tune: 'auto' | 'none' | number;
  readonly try: number;
  readonly output: string;
  readonly force?: boolean;
  readonly weights?: WeightDtype;
}

const defaultBudget: Budget = { of: 'latency', amount: { value: 0.5, isShare: true } };

export function defineShrink(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('shrink')
    .description('Makes a model faster within a budget: simplifies, plans, fuses, trains and measures.')
    .argument('<model>', 'a folder with a model.json, or that file')
    .requiredOption('--data <path>', 'unlabelled inputs: .npy, .npz, idx, .csv, or a folder of images');
  addBudgetOptions(command, 'default: --max-latency 50%')
    .addOption(
      new Option(
        '--tune <how>',
        'training after fusing: auto, for about as long as the rest took, none, or so many epochs',
      )
        .argParser(orWord('auto', orWord('none', wholeNumber(1))))
        .default('auto'),
    )
    .option('--try <n>', 'plans to carry out and measure', wholeNumber(1), 3)
    .addOption(heldOutOption(0.01))
    .requiredOption('-o, --output <folder>', 'of the student and its report')
    .option('--force', 'writes into a folder that holds something');
  addOpenOption(addModelOutputOptions(addRefitFrozenOption(addSimplifyingOption(command))));
  addBackendOptions(addSizeOptions(addThresholdOption(addLabelOptions(addDataOptions(command)))))
    .addHelpText(
      'after',
      `
Training is held to the model, on the same inputs, and to --labels where they are given; its weights
are kept only where samples that were held out say so. At the end the student is timed in turns with
the simplified model, and the exit code says whether the budget was kept: 0, or 3 where it was missed.
The student is written in both cases.

Examples:
  fuseinit shrink teacher --data images.npz -o student
  fuseinit shrink teacher --data photos --resize 224x224 --max-latency 60% \\
    --format graph -o student
  fuseinit shrink teacher --data train.npz --array x --labels train.npz \\
    --labels-array y --max-params 20000 --tune 10 -o student`,
    )
    .action(async (model: string, options: ShrinkOptions) => {
      ended(await runCommand(options, (session) => shrinkModel(model, options, session)));
    });
}

async function shrinkModel(path: string, options: ShrinkOptions, session: Session): Promise<Outcome> {
  const output = await openOutputFolder(
    options.output,
    options.force === true,
    [path, options.data, options.labels],
    options.format,
  );
  try {
    return await withWork(
      path,
      options,
      session,
      () => {},
      (work) => shrinkWith(work, options, output),
    );
  } finally {
    await output.discard();
  }
}

async function shrinkWith(whole: Work, options: ShrinkOptions, output: OutputFolder): Promise<Outcome> {
  const { device, teacher, samples, session } = whole;
  const { warn } = session;
  const { format, refitFrozen } = options;
  const started = performance.now();
  const stages = stagesOf(session.progress, [
    { name: 'plan', share: 5 },
    { name: 'tune', share: options.tune === 'none' ? 0 : 5 },
    { name: 'measure', share: 1 },
  ]);
  const during = (stage: keyof typeof stages): Work => ({
    ...whole,
    session: { ...session, progress: stages[stage] },
  });
  for (const warning of teacher.warnings) warn(warning);

  const budget = budgetOf(options, defaultBudget);
  const made = await makePlan(during('plan'), {
    budget,
    tries: options.try,
    format,
    refitFrozen,
    keepStudent: true,
  });
  const { chosen, tried } = made.choice;
  if (!chosen || !tried?.student) {
    throw new CliError('BUDGET_UNMET', unmetText(budget, made, networkName(teacher)));
  }
  const spans = chosen.spans.map(({ from, to, kernelSize }) => ({ from, to, kernelSize }));
  const plan = chosenPlan(budget, made);
  const { student, report: fused } = tried;
  for (const warning of fused.warnings) warn(warning);
  const seconds = (performance.now() - started) / 1000;
  const tuned = await tunedOrNot(during('tune'), student, options, seconds);

  const { saved, difference, report, networks } = await finishStudent(during('measure'), {
    student,
    fused,
    output,
    options,
    settings: { spans, tuned: tuned ? tuned.epochs.length : 0 },
    withReport: true,
    plan,
  });
  if (options.open) await openReport(join(options.output, 'report.html'), session);
  const verdict = budgetVerdict(budget, report!, made.choice);
  return {
    exitCode: verdict.isKept ? exitCode.done : exitCode.budgetMissed,
    text: [
      networksTable(networks, device.name),
      '',
      fusedSpansTable(fused),
      '',
      tuningSentence(tuned, options.tune),
      verdictText(verdict, networkName(teacher)),
      savedText(saved),
    ].join('\n'),
    data: {
      ...saved,
      difference,
      read: samples.read,
      backend: device.name,
      budget: verdict,
      networks,
      spans,
      predicted: plan.report.predicted,
      tuned: tuned ?? null,
      fused,
      seconds: (performance.now() - started) / 1000,
      peakBytes: process.resourceUsage().maxRSS * 1024,
    },
  };
}

async function tunedOrNot(
  work: Work,
  student: LayersModel,
  { tune, seed }: ShrinkOptions,
  seconds: number,
): Promise<AutoTuned | undefined> {
  if (tune === 'none') return undefined;
  try {
    return await autoTune(work, student, { tune: tune === 'auto' ? { seconds } : tune, seed });
  } catch (error) {
    // A model that can't be trained can still be fused; the error is reported only if the user asked for
    // training.
    if (tune !== 'auto' || !FuseInitError.isInstance(error) || error.code !== 'LAYER_UNSUPPORTED')
      throw error;
    work.session.warn(`The student wasn't trained further: ${error.message}`);
    return undefined;
  }
}

function tuningSentence(tuned: AutoTuned | undefined, asked: ShrinkOptions['tune']): string {
  if (!tuned) {
    return asked === 'none'
      ? 'It was not trained further (--tune none).'
      : 'It was not trained further: too few steps fit into the time; --tune EPOCHS trains all the same.';
  }
  const { epochs, bestEpoch, samples, loss } = tuned;
  const of = `${epochs.length} ${epochs.length === 1 ? 'epoch' : 'epochs'} of ${samples} samples, held to the teacher${loss ? ` and to labels by ${loss}` : ''}`;
  return bestEpoch === -1
    ? `Trained for ${of}: held-out samples gained nothing, so the weights are those that were solved for.`
    : `Trained for ${of}; the weights after epoch ${(bestEpoch ?? 0) + 1} are the best on held-out samples.`;
}
