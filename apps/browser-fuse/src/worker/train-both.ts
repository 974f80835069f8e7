import { FuseInitError, requireNotAborted, shuffledIndices, uniformStream } from '@fuseinit/core';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import type { Pair, SampleSet, TrainRequest } from '../protocol.js';
import type { CallContext } from './call-context.js';
import { yieldToMessages } from './cancelling.js';
import { shareEqual, topClasses } from './predict.js';
import { randomTwin } from './random-twin.js';
import { firstSamples, pickedSamples } from './samples.js';
import { copyModel } from './save-model.js';
import { trainingTargets } from './training-targets.js';
import type { Data } from './workbench.js';

/**
 * Trains a copy of the student, and beside it the same layers from random weights, batch by batch on the same
 * samples.
 *
 * @throws VALUE_NOT_FINITE when the loss is lost.
 * @throws ABORTED when told to stop; the student is as it was.
 */
export async function trainBoth(
  tf: TensorFlow,
  teacher: LayersModel,
  student: LayersModel,
  data: Data,
  ask: TrainRequest,
  { signal, onProgress }: CallContext<'train'>,
): Promise<LayersModel> {
  const samples = firstSamples(data.calibration, ask.samples);
  const test = firstSamples(data.test, ask.testSamples);
  const { rows, learnsFrom, loss } = await trainingTargets(tf, teacher, samples, signal);
  onProgress({ kind: 'start', learnsFrom });
  const expected =
    learnsFrom === 'labels' ? test.labels : (await topClasses(tf, teacher, test, { signal }))?.classes;
  const fused = await copyModel(tf, student);
  const random = await randomTwin(tf, student, ask.seed);
  const both = { fused, random };
  const optimizers = { fused: tf.train.adam(ask.learningRate), random: tf.train.adam(ask.learningRate) };
  const tellAccuracy = async (epoch: number) => {
    const accuracyOf = async (model: LayersModel) =>
      shareEqual(await topClasses(tf, model, test, { signal }), expected) ?? 0;
    const accuracy = { fused: await accuracyOf(fused), random: await accuracyOf(random) };
    onProgress({ kind: 'accuracy', epoch, accuracy });
  };
  try {
    fused.compile({ optimizer: optimizers.fused, loss });
    random.compile({ optimizer: optimizers.random, loss });
    await tellAccuracy(0);
    for (let epoch = 0; epoch < ask.epochs; epoch++) {
      const onLoss = (share: number, pair: Pair) =>
        onProgress({ kind: 'loss', epochs: epoch + share, loss: pair });
      await trainEpoch(tf, both, samples, rows, ask.batchSize, ask.seed + epoch, signal, onLoss);
      await tellAccuracy(epoch + 1);
    }
    return fused;
  } catch (error) {
    fused.dispose();
    throw error;
  } finally {
    random.dispose();
    optimizers.fused.dispose();
    optimizers.random.dispose();
  }
}

async function trainEpoch(
  tf: TensorFlow,
  { fused, random }: { readonly fused: LayersModel; readonly random: LayersModel },
  samples: SampleSet,
  targets: readonly ArrayLike<number>[],
  batchSize: number,
  seed: number,
  signal: AbortSignal,
  onLoss: (share: number, loss: Pair) => void,
): Promise<void> {
  const order = shuffledIndices(samples.shape[0]!, uniformStream(seed));
  for (let start = 0; start < order.length; start += batchSize) {
    const indices = order.subarray(start, start + batchSize);
    const xs = pickedSamples(tf, samples, indices);
    const ys = tf.tensor2d(Array.from(indices, (index) => Array.from(targets[index]!)));
    try {
      const loss = {
        fused: Number(await fused.trainOnBatch(xs, ys)),
        random: Number(await random.trainOnBatch(xs, ys)),
      };
      if (!Number.isFinite(loss.fused)) {
        throw new FuseInitError(
          'VALUE_NOT_FINITE',
          'The loss is no number any more: lower the learning rate.',
        );
      }
      onLoss(Math.min(1, (start + batchSize) / order.length), loss);
    } finally {
      tf.dispose([xs, ys]);
    }
    await yieldToMessages();
    requireNotAborted(signal, 'training');
  }
}
