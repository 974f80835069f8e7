import { type FineTuned, type FineTuneEpoch, type FineTuneOptions, fineTune } from '@fuseinit/fine-tune';
import type { Score } from '@fuseinit/planner';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import { type HeldOutRule, holdsOut } from '@fuseinit/tfjs/internal';
import { labelsAt, type SampleLabels } from '../../data/read-labels.js';
import type { Session } from '../../program/run-command.js';
import type { LabelLoss } from './label-loss.js';

/** The options of training a student further. */
export interface Tuning
  extends Pick<
    FineTuneOptions,
    'epochs' | 'learningRate' | 'warmUp' | 'seed' | 'batchSize' | 'resume' | 'onEpoch'
  > {
  readonly tf: TensorFlow;
  readonly student: LayersModel;
  /** The model whose outputs it is trained on. */
  readonly teacher: LayersModel | undefined;
  /** The loss on labels. */
  readonly loss: LabelLoss | undefined;
  readonly patience?: number;
  readonly temperature?: number;
}

/** An epoch, and the student's score on the validation samples after it. */
export interface ScoredEpoch extends FineTuneEpoch {
  readonly score: Score | null;
}

/** The default batch size: that of `fineTune`. */
export const defaultBatchSize = 32;

/** The part of the progress display that is for finding a learning rate. */
const searchShare = 0.2;
/** The number of rates that are usually tried. */
const usualTrials = 4;

/** Trains a student in place and keeps the weights that are best on the held-out samples. */
export function tuneStudent(
  { teacher, loss, patience, temperature, ...options }: Tuning,
  { training, validation }: TrainingSplit,
  { signal, progress }: Pick<Session, 'signal' | 'progress'>,
): Promise<FineTuned> {
  const { student, epochs, batchSize = defaultBatchSize, learningRate, resume, ...others } = options;
  const batches = Math.ceil(training.count / batchSize);
  const searched = learningRate === 'auto' ? searchShare : 0;
  let tried = 0;
  let done = batches * (resume?.epochsDone ?? 0);
  if (searched > 0 && !resume) progress.show('finding a learning rate', 0);
  return fineTune(student, {
    ...others,
    epochs,
    batchSize,
    data: training,
    signal,
    ...(learningRate !== undefined && { learningRate }),
    ...(resume && { resume }),
    ...(loss && { loss: loss.loss }),
    ...(teacher && { teacher }),
    ...(teacher && temperature !== undefined && { distillation: { temperature } }),
    ...(validation && { validationData: validation }),
    ...(validation && patience !== undefined && { earlyStopping: { patience } }),
    onTriedRate: ({ learningRate: rate }) => {
      tried++;
      progress.show(`tried learning rate ${rate}`, searched * Math.min(1, tried / usualTrials));
    },
    callbacks: {
      onBatchEnd: async () => {
        done++;
        const share = searched + (1 - searched) * (done / (batches * epochs));
        progress.show(`epoch ${Math.ceil(done / batches)} of ${epochs}`, share);
      },
    },
  });
}

/** Samples with their labels, if there are any. */
export interface LabelledArray {
  /** The numbers in row-major order. */
  readonly data: Float32Array;
  /** The shape of one sample. */
  readonly shape: readonly number[];
  readonly count: number;
  /** The indices of the samples in the whole data. */
  readonly indices: Uint32Array;
  readonly labels: Pick<SampleLabels, 'values' | 'width'> | undefined;
}

/** Samples as `fineTune` takes them. */
export interface LabelledSamples {
  readonly xs: { readonly data: Float32Array; readonly shape: readonly number[] };
  readonly ys?: { readonly data: Float32Array; readonly shape: readonly number[] };
  readonly count: number;
}

export interface TrainingSplit {
  readonly training: LabelledSamples;
  /** The validation samples; undefined if there are none. */
  readonly validation: LabelledSamples | undefined;
}

/**
 * Splits samples into those to validate on, which `fuse` would hold out of the same data, and the rest to
 * train on.
 */
export function trainingSplit(samples: LabelledArray, rule: HeldOutRule): TrainingSplit {
  const rows = Array.from({ length: samples.count }, (_, row) => row);
  const isHeldOut = holdsOut(rule);
  const isKept = (row: number) => isHeldOut(samples.indices[row]!);
  const kept = rows.filter(isKept);
  return {
    training: chosen(
      samples,
      rows.filter((row) => !isKept(row)),
    ),
    validation: kept.length > 0 ? chosen(samples, kept) : undefined,
  };
}

function chosen({ data, shape, labels, count }: LabelledArray, rows: readonly number[]): LabelledSamples {
  const size = data.length / count;
  const values = new Float32Array(rows.length * size);
  for (const [to, row] of rows.entries()) {
    values.set(data.subarray(row * size, (row + 1) * size), to * size);
  }
  const ys = labels && { data: labelsAt(labels, rows), shape: [rows.length, labels.width] };
  return { xs: { data: values, shape: [rows.length, ...shape] }, ...(ys && { ys }), count: rows.length };
}
