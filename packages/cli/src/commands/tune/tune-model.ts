import { type FineTuned, fineTune } from '@fuseinit/fine-tune';
import { startBackend } from '@fuseinit/node-backends';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import { openSamples } from '../../data/open-samples.js';
import { readLabels } from '../../data/read-labels.js';
import { loadModel } from '../../model/load-model.js';
import { openOutputFolder } from '../../output/output-folder.js';
import { saveStudent } from '../../output/save-student.js';
import { CliError } from '../../program/cli-error.js';
import type { Outcome, Session } from '../../program/run-command.js';
import { type LabelLoss, labelLoss, lossTask } from './label-loss.js';
import { type TrainingSplit, trainingSplit } from './training-split.js';
import type { TuneOptions } from './tune-options.js';
import { tuningText } from './tuning-text.js';

/** Of `fineTune`. */
const defaultBatch = 32;

export async function tuneModel(path: string, options: TuneOptions, session: Session): Promise<Outcome> {
  if (options.teacher === undefined && options.labels === undefined && options.labelColumn === undefined) {
    throw new CliError(
      'USAGE',
      'Nothing tells what the student should give: add --labels, --teacher, or both.',
    );
  }
  const { tf, name } = await startBackend(options.backend, session.warn);
  const student = await loadModel(tf, path, session.warn);
  const teacher =
    options.teacher === undefined ? undefined : await loadModel(tf, options.teacher, session.warn);
  const reading = { ...options, heldOut: options.validation };
  const samples = await openSamples(student, options.data, reading, session);
  try {
    const task = options.task ?? lossTask(options.loss, student);
    const areIndependent = options.loss?.startsWith('binary');
    const asked = { ...options, ...(task && { task }), ...(areIndependent && { areIndependent }) };
    const labels = await readLabels(student, samples, asked, session);
    const output = await openOutputFolder(options.output, options.force === true);
    try {
      const onLabels = labels && labelLoss(tf, student, labels.task, options.loss);
      session.progress.show('reading');
      const data = await samples.all(session.signal);
      const { shape, count, indices, heldOut } = samples;
      const tuned = await train(
        tf,
        student,
        teacher,
        trainingSplit({ data, shape, count, indices, labels }, heldOut),
        onLabels,
        options,
        session,
      );
      await saveStudent(student, output);
      session.signal.throwIfAborted();
      await output.publish();
      return {
        text: tuningText(tuned, onLabels?.name, options.output),
        data: {
          student: options.output,
          read: samples.read,
          backend: name,
          loss: onLabels?.name ?? null,
          ...tuned,
        },
      };
    } finally {
      await output.discard();
    }
  } finally {
    await samples.close();
  }
}

function train(
  tf: TensorFlow,
  student: LayersModel,
  teacher: LayersModel | undefined,
  { training, validation }: TrainingSplit,
  onLabels: LabelLoss | undefined,
  options: TuneOptions,
  { signal, progress }: Session,
): Promise<FineTuned> {
  const { epochs, learningRate, warmUp, patience, temperature, seed, batchSize = defaultBatch } = options;
  const batches = Math.ceil(training.count / batchSize);
  let done = 0;
  return fineTune(student, {
    tf,
    data: training,
    epochs,
    batchSize,
    signal,
    ...(onLabels && { loss: onLabels.loss }),
    ...(teacher && { teacher }),
    ...(teacher && temperature !== undefined && { distillation: { temperature } }),
    ...(validation && { validationData: validation }),
    ...(validation && patience !== undefined && { earlyStopping: { patience } }),
    ...(learningRate !== undefined && { learningRate }),
    ...(warmUp !== undefined && { warmUp }),
    ...(seed !== undefined && { seed }),
    callbacks: {
      onBatchEnd: async () => {
        done++;
        progress.show(`epoch ${Math.ceil(done / batches)} of ${epochs}`, done / (batches * epochs));
      },
    },
  });
}
