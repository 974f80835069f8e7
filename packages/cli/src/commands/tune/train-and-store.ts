import type { WeightDtype } from '@fuseinit/model-files';
import type { Device } from '@fuseinit/node-backends';
import type { LayersModel } from '@fuseinit/tfjs';
import { type DrawnInputs, teacherFingerprint } from '@fuseinit/tfjs/internal';
import type { Samples } from '../../data/open-samples.js';
import type { SampleLabels } from '../../data/read-labels.js';
import { copyMetadata } from '../../output/metadata.js';
import type { OutputFolder } from '../../output/output-folder.js';
import type { PartialFile } from '../../output/partial-file.js';
import { storeStudent } from '../../output/store-student.js';
import type { Outcome, Session } from '../../program/run-command.js';
import { stagesOf } from '../../terminal/progress.js';
import { savedStudent, savedText } from '../fuse/fusion-text.js';
import { storeInterim } from './interim-student.js';
import { labelLoss } from './label-loss.js';
import { contentOf, requireSameRun, type TuneCheckpoint, type TuneRun } from './tune-checkpoint.js';
import type { TuneOptions } from './tune-options.js';
import { defaultBatchSize, trainingSplit, tuneStudent } from './tune-student.js';
import { tuningText } from './tuning-text.js';
import { validationScore } from './validation-score.js';

/** What a student is tuned on and where to. */
export interface TuneWork {
  readonly device: Device;
  readonly path: string;
  readonly student: LayersModel;
  readonly teacher: LayersModel | undefined;
  readonly samples: Samples;
  readonly labels: SampleLabels | undefined;
  /** The inputs on which the effect of rounding weights is measured. */
  readonly inputs: readonly DrawnInputs[];
  readonly output: OutputFolder;
}

/**
 * Trains a student, with a checkpoint after each epoch, and stores it.
 *
 * @param before The type of the weights in the student's files.
 * @throws CHECKPOINT_MISMATCH for a checkpoint of other models, data or options.
 * @throws ABORTED when the signal fires; the best weights so far are stored then.
 */
export async function tuneWith(
  work: TuneWork,
  before: WeightDtype,
  partial: PartialFile<TuneCheckpoint>,
  options: TuneOptions,
  session: Session,
): Promise<Outcome> {
  const { device, student, teacher, samples, labels } = work;
  const { tf } = device;
  const { signal } = session;
  const stages = stagesOf(session.progress, [
    { name: 'read', share: 1 },
    { name: 'tune', share: 20 },
    { name: 'save', share: 1 },
  ]);
  const loss = labels && labelLoss(tf, student, labels.task, options.loss);
  stages.read.show('samples');
  const data = await samples.all(signal);
  const run = await runOf(work, data, loss?.name ?? null, options, signal);
  const resumed = partial.resume;
  if (resumed) {
    requireSameRun(partial.path, resumed.run, run);
    session.tell(`Goes on with ${partial.path}, after epoch ${resumed.epochs.length} of ${options.epochs}.`);
  }
  const { shape, count, indices, heldOut } = samples;
  const split = trainingSplit({ data, shape, count, indices, labels }, heldOut);
  const goal = loss && labels && { loss, task: labels.task };
  const size = options.batchSize ?? defaultBatchSize;
  const score =
    split.validation && (await validationScore(tf, split.validation, goal, teacher, size, signal));
  const startScore = (await score?.of(student)) ?? null;
  const described = { startScore, scoredBy: score?.by ?? null, loss: loss?.name ?? null };

  let latest = resumed;
  const { epochs, learningRate, warmUp, patience, temperature, seed, batchSize } = options;
  const store = async (signal: AbortSignal, samples: Samples | undefined) => {
    const storing = { ...options, before, inputs: work.inputs, samples, signal };
    const stored = await storeStudent(tf, student, work.output, storing, session.warn);
    await copyMetadata(work.path, work.output.draft, work.output.path);
    return savedStudent(options, stored, false);
  };
  try {
    const tuned = await partial.keeping(signal, (onState) =>
      tuneStudent(
        {
          tf,
          student,
          teacher,
          loss,
          epochs,
          learningRate,
          ...(warmUp !== undefined && { warmUp }),
          ...(patience !== undefined && { patience }),
          ...(temperature !== undefined && { temperature }),
          ...(seed !== undefined && { seed }),
          ...(batchSize !== undefined && { batchSize }),
          ...(resumed && { resume: resumed.state }),
          onEpoch: async (epoch, state) => {
            const scored = { ...epoch, score: (await score?.of(student)) ?? null };
            const checkpoint: TuneCheckpoint = {
              run,
              epochs: [...(latest?.epochs ?? []), scored],
              state: await state(),
              interim: latest?.interim ?? null,
            };
            latest = checkpoint;
            onState(() => checkpoint);
          },
        },
        split,
        { signal, progress: stages.tune },
      ),
    );
    stages.save.show('weights');
    const saved = await store(signal, samples);
    signal.throwIfAborted();
    await work.output.publish();
    await partial.remove();
    const course = { ...tuned, ...described, epochs: latest?.epochs ?? [] };
    return {
      text: [...tuningText(course), savedText(saved)].join('\n'),
      data: { ...saved, read: samples.read, backend: device.name, ...course },
    };
  } catch (error) {
    if (!signal.aborted || !latest) throw error;
    throw await storeInterim(latest, described, partial, { tf, student, output: work.output, store });
  }
}

/** The inputs and options that decide the numbers of a run. */
async function runOf(
  { student, teacher, samples, labels }: TuneWork,
  data: Float32Array,
  loss: string | null,
  options: TuneOptions,
  signal: AbortSignal,
): Promise<TuneRun> {
  const { share, seed } = samples.heldOut;
  return {
    student: await teacherFingerprint(student),
    teacher: teacher ? await teacherFingerprint(teacher) : null,
    data: {
      samples: samples.count,
      sampleShape: samples.shape,
      validation: share,
      seed,
      content: await contentOf(signal, samples.indices, data),
      labels: labels ? await contentOf(signal, labels.values) : null,
    },
    options: {
      '--epochs': options.epochs,
      '--learning-rate': options.learningRate,
      '--batch-size': options.batchSize ?? null,
      '--warm-up': options.warmUp ?? null,
      '--patience': options.patience ?? null,
      '--temperature': options.temperature ?? null,
      '--seed': options.seed ?? null,
      '--loss': loss,
    },
  };
}
