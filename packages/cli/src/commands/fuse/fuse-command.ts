import { join } from 'node:path';
import { predictionOf } from '@fuseinit/planner';
import { type Fused, type FuseProgress, fuse, type SpanRequest, type Statistics } from '@fuseinit/tfjs';
import type { Command } from 'commander';
import { readStatistics } from '../../data/statistics-file.js';
import { requestedSpans, requireSpans } from '../../model/spans.js';
import { networkName } from '../../model/teacher.js';
import { type Work, withWork } from '../../model/work.js';
import { openReport } from '../../output/open-report.js';
import { openOutputFolder } from '../../output/output-folder.js';
import { CliError, type ExitCode } from '../../program/failure.js';
import { type Outcome, runCommand, type Session } from '../../program/run-command.js';
import { budgetVerdict, verdictText } from '../plan/budget-verdict.js';
import { readPlanOf } from '../plan/plan-report.js';
import { finishStudent } from './finish-student.js';
import {
  addFuseOptions,
  type FuseCommandOptions,
  type SolvingOptions,
  solvingOptions,
} from './fuse-options.js';
import { fusionText, predictionText } from './fusion-text.js';

export function defineFuse(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('fuse')
    .description('Fuses layers of a model and saves the student with a report.')
    .argument('<model>', 'a folder with a model.json, or that file');
  addFuseOptions(command)
    .addHelpText(
      'after',
      `
The model is simplified first, exactly; tables and the report have it as given, simplified and fused.

Examples:
  fuseinit fuse teacher --data images.npz --plan plan.json -o student
  fuseinit fuse teacher --data images.npy --spans conv3:conv4@5 -o student
  fuseinit fuse teacher --data photos --labels photos --resize 96x96 \\
    --spans block/conv1:block/conv2,conv4:dense --samples auto -o student`,
    )
    .action(async (model: string, options: FuseCommandOptions) => {
      ended(await runCommand(options, (session) => fuseModel(model, options, session)));
    });
}

async function fuseModel(path: string, options: FuseCommandOptions, session: Session): Promise<Outcome> {
  requireSpans(options);
  if (options.open && !options.report)
    throw new CliError('USAGE', 'There is no report to --open with --no-report: leave one of them out.');
  const statistics = options.statistics === undefined ? undefined : await readStatistics(options.statistics);
  const heldOut = options.heldOut ?? statistics?.heldOut;
  const seed = options.seed ?? statistics?.seed;
  const asked = { ...options, heldOut, ...(seed !== undefined && { seed }) };
  // Warnings about layers that the student keeps are part of the report.
  return withWork(
    path,
    asked,
    session,
    () => {},
    (work) => fuseWith(work, options, statistics),
  );
}

async function fuseWith(
  work: Work,
  options: FuseCommandOptions,
  statistics: Statistics | undefined,
): Promise<Outcome> {
  const {
    device,
    teacher,
    samples,
    session: { warn },
  } = work;
  const { spans, plan: file } = await requestedSpans(options, teacher);
  const prediction = file && predictionOf(file);
  const plan = prediction && readPlanOf(prediction, spans);
  const output = await openOutputFolder(
    options.output,
    options.force === true,
    [teacher.path, options.data, options.labels, options.statistics, options.plan],
    options.format,
  );
  try {
    const solving = solvingOptions(options);
    const { student, report: fused } = await fuseStudent(work, spans, solving, statistics);
    for (const warning of [...teacher.warnings, ...fused.warnings]) warn(warning);
    const { saved, difference, report, networks } = await finishStudent(work, {
      student,
      fused,
      output,
      options,
      settings: { ...solving, spans },
      withReport: options.report,
      plan,
    });
    if (options.open) await openReport(join(options.output, 'report.html'), work.session);
    const verdict = plan && report ? budgetVerdict(plan.budget, report) : null;
    return {
      text: [
        fusionText(fused, networks, { ...saved, backend: device.name }),
        ...(plan ? [predictionText(plan.report, prediction.backend, networkName(teacher))] : []),
        ...(verdict ? [verdictText(verdict, networkName(teacher))] : []),
      ].join('\n'),
      data: {
        ...saved,
        difference,
        read: samples.read,
        backend: device.name,
        networks,
        predicted: plan?.report.predicted ?? null,
        budget: verdict,
        fused,
      },
    };
  } finally {
    await output.discard();
  }
}

/** The share of the displayed progress that the fusion takes; the rest is for comparing and saving. */
const shareOfFusion = 0.8;

function fuseStudent(
  { device, teacher, samples, batchSize, session: { signal, progress } }: Work,
  spans: readonly SpanRequest[],
  solving: SolvingOptions,
  statistics: Statistics | undefined,
): Promise<Fused> {
  const { share: heldOut, seed } = samples.heldOut;
  return fuse(teacher.model, {
    tf: device.tf,
    plugins: device.plugins,
    ...solving,
    heldOut,
    seed,
    spans,
    ...(statistics && { statistics }),
    calibrationData: samples.calibrationData(signal),
    ...(batchSize !== undefined && { batchSize }),
    signal,
    onProgress: (step) =>
      progress.show(`${step.stage} ${step.name}`, shareOfFusion * shareOf(step, samples.count)),
  });
}

function shareOf({ step, steps, samples }: FuseProgress, total: number): number {
  return (step + samples / total) / steps;
}
