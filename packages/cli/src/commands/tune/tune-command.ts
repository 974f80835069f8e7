import type { FineTuned } from '@fuseinit/fine-tune';
import { weightDtypeOf } from '@fuseinit/model-files';
import { startBackend } from '@fuseinit/node-backends';
import type { DrawnInputs } from '@fuseinit/tfjs/internal';
import { type Command, Option } from 'commander';
import {
  addDataOptions,
  addLabelOptions,
  type DataFormatOptions,
  type LabelFormatOptions,
} from '../../data/data-options.js';
import { openSamples } from '../../data/open-samples.js';
import { readLabels } from '../../data/read-labels.js';
import { loadSavedModel } from '../../model/load-model.js';
import { openTeacher } from '../../model/teacher.js';
import { comparedInputs } from '../../model/work.js';
import { copyMetadata } from '../../output/metadata.js';
import { addModelOutputOptions, type ModelOutputOptions } from '../../output/model-output.js';
import { openOutputFolder } from '../../output/output-folder.js';
import { storeStudent } from '../../output/store-student.js';
import {
  addBackendOptions,
  addSizeOptions,
  type BackendOptions,
  type SizeOptions,
} from '../../program/common-options.js';
import { CliError, type ExitCode } from '../../program/failure.js';
import { number, wholeNumber } from '../../program/option-values.js';
import { type Outcome, runCommand, type Session } from '../../program/run-command.js';
import { table } from '../../terminal/table.js';
import { savedStudent, savedText } from '../fuse/fusion-text.js';
import { type LossName, labelLoss, lossNames, lossTask } from './label-loss.js';
import { trainingSplit, tuneStudent } from './tune-student.js';

export function defineTune(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('tune')
    .description('Trains a student on, gently, held to labels, to a teacher, or to both.')
    .argument('<student>', 'a folder with a model.json, or that file');
  addTuneOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  fuseinit tune student --data images.npz --teacher teacher --epochs 5 -o tuned
  fuseinit tune student --data train.npz --array x --labels train.npz \\
    --labels-array y --epochs 20 --patience 3 -o tuned`,
    )
    .action(async (student: string, options: TuneOptions) => {
      ended(await runCommand(options, (session) => tuneModel(student, options, session)));
    });
}

async function tuneModel(path: string, options: TuneOptions, session: Session): Promise<Outcome> {
  if (options.teacher === undefined && options.labels === undefined && options.labelColumn === undefined) {
    throw new CliError(
      'USAGE',
      'Nothing tells what the student should give: add --labels, --teacher, or both.',
    );
  }
  const device = await startBackend(options.backend, session.warn);
  const { tf } = device;
  const { model: student, artifacts } = await loadSavedModel(tf, path, session.warn);
  const teacher =
    options.teacher === undefined
      ? undefined
      : await openTeacher(tf, options.teacher, { simplify: true }, session.warn);
  const samples = await openSamples(student, options.data, dataOptions(options), session);
  try {
    const task = options.task ?? lossTask(options.loss, student);
    const areIndependent = options.loss?.startsWith('binary');
    const asked = { ...options, ...(task && { task }), ...(areIndependent && { areIndependent }) };
    const labels = await readLabels(student, samples, asked, session);
    const output = await openOutputFolder(
      options.output,
      options.force === true,
      [path, options.teacher, options.data, options.labels],
      options.format,
    );
    const inputs: DrawnInputs[] = [];
    try {
      inputs.push(await comparedInputs({ device }, student, samples, session.signal));
      const loss = labels && labelLoss(tf, student, labels.task, options.loss);
      session.progress.show('reading');
      const data = await samples.all(session.signal);
      const { shape, count, indices, heldOut } = samples;
      const split = trainingSplit({ data, shape, count, indices, labels }, heldOut);
      const { epochs, learningRate, warmUp, patience, temperature, seed, batchSize } = options;
      const tuned = await tuneStudent(
        {
          tf,
          student,
          teacher: teacher?.model,
          loss,
          epochs,
          ...(learningRate !== undefined && { learningRate }),
          ...(warmUp !== undefined && { warmUp }),
          ...(patience !== undefined && { patience }),
          ...(temperature !== undefined && { temperature }),
          ...(seed !== undefined && { seed }),
          ...(batchSize !== undefined && { batchSize }),
        },
        split,
        session,
      );
      const before = weightDtypeOf(artifacts.weightSpecs ?? []);
      const { signal, warn } = session;
      const storing = { ...options, before, inputs, samples, signal };
      const stored = await storeStudent(tf, student, output, storing, warn);
      await copyMetadata(path, output.draft, output.path);
      session.signal.throwIfAborted();
      await output.publish();
      const saved = savedStudent(options, stored, false);
      return {
        text: [...tuningText(tuned, loss?.name), savedText(saved)].join('\n'),
        data: { ...saved, read: samples.read, backend: device.name, loss: loss?.name ?? null, ...tuned },
      };
    } finally {
      tf.dispose(inputs.flatMap(({ tensors }) => tensors));
      await output.discard();
    }
  } finally {
    await samples.close();
  }
}

function dataOptions({ validation, ...options }: TuneOptions) {
  return { ...options, ...(validation !== undefined && { heldOut: validation }) };
}

interface TuneOptions
  extends BackendOptions,
    SizeOptions,
    DataFormatOptions,
    LabelFormatOptions,
    ModelOutputOptions {
  readonly data: string;
  readonly teacher?: string;
  readonly loss?: LossName;
  readonly epochs: number;
  readonly learningRate?: number;
  readonly warmUp?: number;
  readonly patience?: number;
  readonly temperature?: number;
  readonly validation?: number;
  readonly output: string;
  readonly force?: boolean;
}

function addTuneOptions(command: Command): Command {
  command
    .requiredOption('--data <path>', 'inputs: .npy, .npz, idx, .csv, or a folder of images')
    .option('--teacher <model>', 'whose outputs the student is held to, with labels or without')
    .addOption(
      new Option('--loss <name>', 'on labels (default: what suits the model’s outputs)').choices(lossNames),
    )
    .requiredOption('--epochs <n>', 'passes over the data', wholeNumber(1))
    .requiredOption('-o, --output <folder>', 'of the tuned student')
    .option('--force', 'writes into a folder that holds something')
    .option('--learning-rate <rate>', 'of steps (default: 0.0001, which spares a good start)', number(0))
    .option('--warm-up <epochs>', 'over which the rate grows from 0 (default: 0)', number(0))
    .option(
      '--validation <share>',
      'of samples to choose the best epoch on (default: those that fuse holds out)',
      number(0, 0.5),
    )
    .option('--patience <epochs>', 'without a gain before it stops (default: all are run)', wholeNumber(1))
    .option('--temperature <t>', 'softens what the teacher says (default: 2)', number(0));
  addModelOutputOptions(command);
  return addBackendOptions(addSizeOptions(addLabelOptions(addDataOptions(command))));
}

/** Describes how a student was trained. */
function tuningText(
  { epochs, bestEpoch, startValidationLoss, stoppedBy }: FineTuned,
  loss: string | undefined,
): string[] {
  const told = (loss: number | null) => loss?.toPrecision(4) ?? '-';
  const rows = epochs.map(({ epoch, loss, validationLoss, learningRate, seconds }) => [
    epoch === bestEpoch ? '>' : ' ',
    String(epoch + 1),
    told(loss),
    told(validationLoss),
    String(learningRate),
    `${seconds.toFixed(1)} s`,
  ]);
  const start = [bestEpoch === -1 ? '>' : ' ', 'start', '-', told(startValidationLoss), '-', '-'];
  return [
    table(
      [
        { head: '' },
        { head: 'epoch', align: 'right' },
        { head: 'loss', align: 'right' },
        { head: 'validation', align: 'right' },
        { head: 'rate', align: 'right' },
        { head: 'time', align: 'right' },
      ],
      [...(startValidationLoss === null ? [] : [start]), ...rows],
    ),
    '',
    ...(loss === undefined ? [] : [`Loss on labels: ${loss}.`]),
    ...(stoppedBy === 'earlyStopping' ? ['Stopped early: the validation loss fell no more.'] : []),
    ...(bestEpoch === -1 ? ['No epoch was better than the start, whose weights were kept.'] : []),
  ];
}
