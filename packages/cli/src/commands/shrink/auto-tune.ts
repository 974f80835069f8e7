import type { FineTuned } from '@fuseinit/fine-tune';
import { type LayersModel, readNetwork, type TensorFlow, toLayersModel } from '@fuseinit/tfjs';
import { holdsOut } from '@fuseinit/tfjs/internal';
import { readSize } from '../../data/open-samples.js';
import { labelsAt } from '../../data/read-labels.js';
import type { Work } from '../../model/work.js';
import { type LabelLoss, labelLoss } from '../tune/label-loss.js';
import { type LabelledArray, type TrainingSplit, trainingSplit, tuneStudent } from '../tune/tune-student.js';

/** The result of training a student after it was fused. */
export interface AutoTuned extends FineTuned {
  /** The number of samples in each epoch. */
  readonly samples: number;
  /** The name of the loss on labels; null if the student was trained on the teacher's outputs alone. */
  readonly loss: string | null;
}

export interface AutoTuneOptions {
  /** The number of epochs, or the approximate number of seconds to train for. */
  readonly tune: number | { readonly seconds: number };
  readonly seed: number | undefined;
}

/**
 * The settings that did best in the measurements on which the prediction of errors is based: a short
 * distillation with Adam.
 */
const [batchSize, learningRate] = [50, 1e-3];
/** The number of batches for timing a training step. */
const timedBatches = 4;
/** The number of steps below which training has no visible effect. */
const leastSteps = 10;
const mostEpochs = 100;
/** The maximum number of elements of all samples held in memory. */
const mostNumbers = 2 ** 28;
const mostValidated = 500;

/**
 * Trains a fused student in place on its teacher's outputs, and on labels if there are any, with a cosine
 * decay of the learning rate. The student keeps the weights that are best on held-out samples: its initial
 * ones if training didn't improve on them.
 *
 * @returns undefined if the time is too short to learn anything.
 * @throws LAYER_UNSUPPORTED if the backend has no gradient for a layer.
 */
export async function autoTune(
  work: Work,
  student: LayersModel,
  { tune, seed }: AutoTuneOptions,
): Promise<AutoTuned | undefined> {
  const { device, teacher, labels } = work;
  const { tf } = device;
  const loss = labels && labelLoss(tf, teacher.given, labels.task);
  const places = await placesOf(work);
  const tuning = {
    tf,
    student,
    teacher: teacher.model,
    loss,
    batchSize,
    ...(seed !== undefined && { seed }),
  };
  const plan =
    typeof tune === 'number'
      ? { epochs: tune, samples: places.training.length }
      : await planFor(tune.seconds, work, student, loss, places.training);
  if (!plan) return undefined;
  const chosen = [...evenly(places.training, plan.samples), ...places.heldOut].sort((a, b) => a - b);
  const split = await splitOf(work, chosen);
  const { epochs } = plan;
  const cosine = (epoch: number) => (learningRate * (1 + Math.cos((Math.PI * epoch) / epochs))) / 2;
  const tuned = await tuneStudent({ ...tuning, epochs, learningRate: cosine }, split, work.session);
  return { ...tuned, samples: split.training.count, loss: loss?.name ?? null };
}

/** The positions of the samples to train on and of the held-out ones, as many as fit in memory. */
async function placesOf({ samples }: Work) {
  const isHeldOut = holdsOut(samples.heldOut);
  const all = Array.from(samples.indices.keys());
  const size = samples.shape.reduce((product, length) => product * length, 1);
  const most = Math.max(2, Math.floor(mostNumbers / size));
  const heldOut = evenly(
    all.filter((place) => isHeldOut(samples.indices[place]!)),
    Math.min(mostValidated, Math.floor(most / 2)),
  );
  const training = all.filter((place) => !isHeldOut(samples.indices[place]!));
  return { heldOut, training: evenly(training, most - heldOut.length) };
}

/**
 * The number of epochs and of samples that take about the given time, estimated by timing a few steps on a
 * copy.
 */
async function planFor(
  seconds: number,
  work: Work,
  student: LayersModel,
  loss: LabelLoss | undefined,
  training: readonly number[],
): Promise<{ readonly epochs: number; readonly samples: number } | undefined> {
  const few = evenly(training, timedBatches * batchSize);
  const { training: data } = await splitOf(work, few);
  const perSample = await secondsPerSample(work, student, loss, data);
  // Validation runs the networks forward, at about a third of what a step takes.
  const perEpoch = perSample * (training.length + Math.min(mostValidated, training.length) / 3);
  const epochs = Math.min(mostEpochs, Math.round(seconds / perEpoch));
  if (epochs >= 1) return { epochs, samples: training.length };
  const samples = Math.floor(seconds / perSample);
  return samples < leastSteps * batchSize ? undefined : { epochs: 1, samples };
}

async function secondsPerSample(
  { device: { tf }, teacher, session }: Work,
  student: LayersModel,
  loss: LabelLoss | undefined,
  data: TrainingSplit['training'],
): Promise<number> {
  const copy = copyOf(tf, student);
  const quiet = { signal: session.signal, progress: { ...session.progress, show() {} } };
  const train = () =>
    tuneStudent(
      { tf, student: copy, teacher: teacher.model, loss, batchSize, epochs: 1 },
      { training: data, validation: undefined },
      quiet,
    );
  try {
    // The first steps include the time in which the backend compiles and allocates.
    await train();
    const { epochs } = await train();
    return epochs[0]!.seconds / data.count;
  } finally {
    copy.dispose();
  }
}

function copyOf(tf: TensorFlow, model: LayersModel): LayersModel {
  return toLayersModel(tf, readNetwork(model));
}

async function splitOf(
  { samples, labels, session }: Work,
  places: readonly number[],
): Promise<TrainingSplit> {
  const { shape, heldOut } = samples;
  const size = shape.reduce((product, length) => product * length, 1);
  const indices = Uint32Array.from(places, (place) => samples.indices[place]!);
  const data = new Float32Array(places.length * size);
  let filled = 0;
  for await (const batch of samples.batches(readSize, session.signal, indices)) {
    data.set(batch.data, filled);
    filled += batch.data.length;
  }
  const array: LabelledArray = {
    data,
    shape,
    count: places.length,
    indices,
    labels: labels && { values: labelsAt(labels, places), width: labels.width },
  };
  return trainingSplit(array, heldOut);
}

/** Selects at most `most` positions, evenly spaced, since data may be sorted by class. */
function evenly(places: readonly number[], most: number): number[] {
  if (places.length <= most) return [...places];
  return Array.from({ length: most }, (_, index) => places[Math.floor((index * places.length) / most)]!);
}
