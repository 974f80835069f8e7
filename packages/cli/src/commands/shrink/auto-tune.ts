import type { FineTuned } from '@fuseinit/fine-tune';
import { type LayersModel, readNetwork, type TensorFlow, toLayersModel } from '@fuseinit/tfjs';
import { holdsOut } from '@fuseinit/tfjs/internal';
import { readSize } from '../../data/open-samples.js';
import { labelsAt } from '../../data/read-labels.js';
import type { Work } from '../../model/work.js';
import { type LabelLoss, labelLoss } from '../tune/label-loss.js';
import { type LabelledArray, type TrainingSplit, trainingSplit, tuneStudent } from '../tune/tune-student.js';

/** How a student was trained after it was fused. */
export interface AutoTuned extends FineTuned {
  /** On how many samples in each epoch. */
  readonly samples: number;
  /** On labels; null where the teacher alone says what to give. */
  readonly loss: string | null;
}

export interface AutoTuneOptions {
  /** Passes over the data, or as many as fit into about so many seconds. */
  readonly tune: number | { readonly seconds: number };
  readonly seed: number | undefined;
}

/** What did best in the measurements that a plan's error was learned from: a short distillation by Adam. */
const [batchSize, learningRate] = [50, 1e-3];
/** Batches that a step is timed on. */
const timedBatches = 4;
/** Below this many steps nothing is learned that would show. */
const leastSteps = 10;
const mostEpochs = 100;
/** Numbers of all samples that are held in memory. */
const mostNumbers = 2 ** 28;
const mostValidated = 500;

/**
 * Trains a fused student in place, held to its teacher, and to labels where there are any; the rate falls
 * along a cosine. It keeps the weights that are best on held-out samples, which are its own where training
 * made them no better.
 *
 * @returns Undefined where the time is too short to learn anything.
 * @throws LAYER_UNSUPPORTED where the backend has no gradient of a layer.
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

/** Places of samples to train on and of those held out, as many as memory holds. */
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

/** How many epochs of how many samples take about so long, by timing a few steps on a copy. */
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
    // The first steps pay for what the backend compiles and allocates.
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

/** At most so many of some places, from all over: data may be sorted by class. */
function evenly(places: readonly number[], most: number): number[] {
  if (places.length <= most) return [...places];
  return Array.from({ length: most }, (_, index) => places[Math.floor((index * places.length) / most)]!);
}
