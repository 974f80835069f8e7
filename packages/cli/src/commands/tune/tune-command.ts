import { weightDtypeOf } from '@fuseinit/model-files';
import type { DrawnInputs } from '@fuseinit/tfjs/internal';
import type { Command } from 'commander';
import { openSamples } from '../../data/open-samples.js';
import { readLabels } from '../../data/read-labels.js';
import { loadSavedModel } from '../../model/load-model.js';
import { openDevice } from '../../model/open-device.js';
import { openTeacher } from '../../model/teacher.js';
import { comparedInputs } from '../../model/work.js';
import { openOutputFolder } from '../../output/output-folder.js';
import { openPartial } from '../../output/partial-file.js';
import { CliError, type ExitCode } from '../../program/failure.js';
import { type Outcome, runCommand, type Session } from '../../program/run-command.js';
import { isInterim } from './interim-student.js';
import { lossTask } from './label-loss.js';
import { tuneWith } from './train-and-store.js';
import { checkpointFormat } from './tune-checkpoint.js';
import { addTuneOptions, dataOptions, type TuneOptions } from './tune-options.js';

export function defineTune(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('tune')
    .description('Trains a student on, gently, held to labels, to a teacher, or to both.')
    .argument('<student>', 'a folder with a model.json, or that file');
  addTuneOptions(command)
    .addHelpText(
      'after',
      `
After each epoch a checkpoint is written beside the output. Ctrl-C ends the training, stores the best
weights so far if they are better than those it began with, and keeps the checkpoint for --resume.

Examples:
  fuseinit tune student --data images.npz --teacher teacher --epochs 5 -o tuned
  fuseinit tune student --data images.npz --teacher teacher --epochs 5 \\
    -o tuned --resume
  fuseinit tune student --data train.npz --array x --labels train.npz \\
    --labels-array y --epochs 20 --patience 3 -o tuned`,
    )
    .action(async (student: string, options: TuneOptions) => {
      ended(await runCommand(options, (session) => tuneModel(student, options, session)));
    });
}

/** Stores checkpoints where that is possible: a training that has no room for them goes on without. */
function warningFormat({ warn }: Session): typeof checkpointFormat {
  let hasWarned = false;
  return {
    ...checkpointFormat,
    async write(path, checkpoint) {
      try {
        await checkpointFormat.write(path, checkpoint);
      } catch (error) {
        if (!hasWarned) warn(`The training has no checkpoint to resume from: ${(error as Error).message}`);
        hasWarned = true;
      }
    },
  };
}

async function tuneModel(path: string, options: TuneOptions, session: Session): Promise<Outcome> {
  if (options.teacher === undefined && options.labels === undefined && options.labelColumn === undefined) {
    throw new CliError(
      'USAGE',
      'Nothing tells what the student should give: add --labels, --teacher, or both.',
    );
  }
  const partial = await openPartial(options.output, options, warningFormat(session));
  const device = await openDevice(options, session.warn);
  const { tf } = device;
  const { model: student, artifacts } = await loadSavedModel(tf, path, session.warn);
  const teacher =
    options.teacher === undefined
      ? undefined
      : await openTeacher(device, options.teacher, { simplify: true }, session.warn);
  const samples = await openSamples(student, options.data, dataOptions(options), session);
  try {
    const task = options.task ?? lossTask(options.loss, student);
    const areIndependent = options.loss?.startsWith('binary');
    const asked = { ...options, ...(task && { task }), ...(areIndependent && { areIndependent }) };
    const labels = await readLabels(student, samples, asked, session);
    const output = await openOutputFolder(
      options.output,
      options.force === true || (await isInterim(options.output, partial.resume)),
      [path, options.teacher, options.data, options.labels],
      options.format,
    );
    const inputs: DrawnInputs[] = [];
    try {
      inputs.push(await comparedInputs({ device }, student, samples, session.signal));
      return await tuneWith(
        { device, path, student, teacher: teacher?.model, samples, labels, inputs, output },
        weightDtypeOf(artifacts.weightSpecs ?? []),
        partial,
        options,
        session,
      );
    } finally {
      tf.dispose(inputs.flatMap(({ tensors }) => tensors));
      await output.discard();
    }
  } finally {
    await samples.close();
  }
}
