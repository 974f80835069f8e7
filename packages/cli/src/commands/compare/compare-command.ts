import { costOf, type FuseReport, type LayersModel } from '@fuseinit/tfjs';
import type { ModelFormat } from '@fuseinit/tfjs/internal';
import type { Command } from 'commander';
import { addDataOptions, addLabelOptions, addThresholdOption } from '../../data/data-options.js';
import { loadSavedModel } from '../../model/load-model.js';
import { type Work, type WorkOptions, withWork } from '../../model/work.js';
import { formatOption } from '../../output/model-output.js';
import { addOpenOption, type OpenOptions, openReport } from '../../output/open-report.js';
import { requireOutputFile, writeOutputFile } from '../../output/output-file.js';
import { addBackendOptions, addSizeOptions } from '../../program/common-options.js';
import { CliError, type ExitCode } from '../../program/failure.js';
import { type Outcome, runCommand, type Session } from '../../program/run-command.js';
import { count } from '../../terminal/figures.js';
import { printable } from '../../terminal/printable.js';
import { reportStudent } from '../fuse/finish-student.js';
import { networksTable, threeNetworks } from '../fuse/network-figures.js';

interface CompareOptions extends Omit<WorkOptions, 'simplify'>, OpenOptions {
  readonly format: ModelFormat;
  readonly output?: string;
  readonly force?: boolean;
}

export function defineCompare(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('compare')
    .description('Measures two models on the same samples: costs, latency in turns, answers.')
    .argument('<model>', 'a folder with a model.json, or that file')
    .argument('<other>', 'another model of the same inputs and outputs')
    .requiredOption('--data <path>', 'inputs: .npy, .npz, idx, .csv, or a folder of images')
    .addOption(formatOption('what latencies are of: layers, or graph, a GraphModel of fused kernels'))
    .option('-o, --output <file>', 'writes a report as one HTML file')
    .option('--force', 'writes over a file that is there');
  addOpenOption(command);
  addBackendOptions(addSizeOptions(addThresholdOption(addLabelOptions(addDataOptions(command)))))
    .addHelpText(
      'after',
      `
Examples:
  fuseinit compare teacher tuned --data test.npz --array x --labels test.npz \\
    --labels-array y -o compared.html`,
    )
    .action(async (model: string, other: string, options: CompareOptions) => {
      ended(await runCommand(options, (session) => compareModels(model, other, options, session)));
    });
}

async function compareModels(
  path: string,
  other: string,
  options: CompareOptions,
  session: Session,
): Promise<Outcome> {
  const { output, format } = options;
  if (options.open && output === undefined)
    throw new CliError('USAGE', 'There is no report to --open: name its file with -o FILE.');
  if (output !== undefined)
    await requireOutputFile(output, options.force === true, [path, other, options.data, options.labels]);
  const work: WorkOptions = { ...options, simplify: false, heldOut: 0 };
  return withWork(path, work, session, session.warn, async (opened) => {
    const { device, teacher, samples } = opened;
    const { model: student } = await loadSavedModel(device.tf, other, session.warn);
    const fused = nothingFused(opened, student);
    const settings = { models: [path, other], format };
    const report = await reportStudent(opened, {
      student,
      fused,
      format,
      settings,
      classes: options.classes,
    });
    if (output !== undefined) {
      const { renderReport } = await import('@fuseinit/report');
      await writeOutputFile(output, renderReport(report));
      if (options.open) await openReport(output, session);
    }
    const networks = threeNetworks(teacher, fused, { ...report, given: null });
    return {
      text: [
        networksTable(networks, device.name, ['first', 'second', 'second/first']),
        '',
        `Measured on ${count(report.samples)} samples${output === undefined ? '.' : `; written to ${printable(output)}.`}`,
      ].join('\n'),
      data: { models: [path, other], read: samples.read, backend: device.name, networks, report },
    };
  });
}

function nothingFused({ teacher, samples }: Work, student: LayersModel): FuseReport {
  return {
    spans: [],
    refits: [],
    teacher: costOf(teacher.model),
    student: costOf(student),
    heldOut: { share: 0, samples: samples.count },
    outputRelativeMse: [],
    outputMeasuredOn: 'heldOut',
    warnings: [],
  };
}
