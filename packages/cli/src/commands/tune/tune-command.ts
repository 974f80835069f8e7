import { weightDtypeOf } from '@fuseinit/model-files';
import { startBackend } from '@fuseinit/node-backends';
import type { DrawnInputs } from '@fuseinit/tfjs/internal';
import type { Command } from 'commander';
import { openSamples } from '../../data/open-samples.js';
import { readLabels } from '../../data/read-labels.js';
import { loadSavedModel } from '../../model/load-model.js';
import { openTeacher } from '../../model/teacher.js';
import { comparedInputs } from '../../model/work.js';
import { copyMetadata } from '../../output/metadata.js';
import { openOutputFolder } from '../../output/output-folder.js';
import { storeStudent } from '../../output/store-student.js';
import { CliError } from '../../program/cli-error.js';
import type { ExitCode } from '../../program/exit-code.js';
import { type Outcome, runCommand, type Session } from '../../program/run-command.js';
import { savedStudent, savedText } from '../fuse/fusion-text.js';
import { labelLoss, lossTask } from './label-loss.js';
import { trainingSplit } from './training-split.js';
import { addTuneOptions, type TuneOptions } from './tune-options.js';
import { tuneStudent } from './tune-student.js';
import { tuningText } from './tuning-text.js';

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
