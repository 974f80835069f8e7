import { shuffledIndices, uniformStream } from '@fuseinit/core';
import type { IdxImages } from '@fuseinit/datasets';
import type * as tfjs from '@tensorflow/tfjs';
import { fashionTeacher } from './fashion-teacher.js';

/** Half of the epochs at 1e-3, a quarter at 3e-4, the last at 1e-4. */
function rateOf(epoch: number, epochs: number): number {
  if (epoch < epochs / 2) return 1e-3;
  return epoch < (3 * epochs) / 4 ? 3e-4 : 1e-4;
}

const batchSize = 64;
const pixels = 28 * 28;

/** Trains the teacher on the full training set and tells each epoch's loss and accuracy on the test set. */
export async function train(
  tf: typeof tfjs,
  { training, test }: { readonly training: IdxImages; readonly test: IdxImages },
  epochs: number,
  onEpoch: (epoch: { number: number; of: number; loss: number; accuracy: number; seconds: number }) => void,
): Promise<tfjs.LayersModel> {
  // Dropout layers draw their seed here.
  Math.random = uniformStream(20010509);
  const model = fashionTeacher(tf);
  const optimizer = tf.train.rmsprop(rateOf(0, epochs));
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy' });
  const random = uniformStream(1);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const start = performance.now();
    (optimizer as unknown as { learningRate: number }).learningRate = rateOf(epoch, epochs);
    const order = shuffledIndices(training.labels.length, random);
    let loss = 0;
    for (let first = 0; first < order.length; first += batchSize) {
      const chosen = order.subarray(first, first + batchSize);
      const images = imagesOf(tf, training, chosen);
      const labels = tf.tensor1d(Float32Array.from(chosen, (image) => training.labels[image]!));
      loss += ((await model.trainOnBatch(images, labels)) as number) * chosen.length;
      tf.dispose([images, labels]);
    }
    onEpoch({
      number: epoch + 1,
      of: epochs,
      loss: loss / order.length,
      accuracy: accuracyOf(tf, model, test),
      seconds: (performance.now() - start) / 1000,
    });
  }
  return model;
}

function imagesOf(tf: typeof tfjs, { images }: IdxImages, chosen: Uint32Array): tfjs.Tensor4D {
  const values = new Float32Array(chosen.length * pixels);
  chosen.forEach((image, row) => {
    for (let pixel = 0; pixel < pixels; pixel++) {
      values[row * pixels + pixel] = images[image * pixels + pixel]! / 255;
    }
  });
  return tf.tensor4d(values, [chosen.length, 28, 28, 1]);
}

function accuracyOf(tf: typeof tfjs, model: tfjs.LayersModel, test: IdxImages): number {
  let right = 0;
  for (let first = 0; first < test.labels.length; first += 500) {
    const chosen = Uint32Array.from({ length: 500 }, (_, index) => first + index);
    const classes = tf.tidy(() =>
      (model.predictOnBatch(imagesOf(tf, test, chosen)) as tfjs.Tensor).argMax(-1).dataSync(),
    );
    chosen.forEach((image, index) => {
      if (classes[index] === test.labels[image]) right++;
    });
  }
  return right / test.labels.length;
}
