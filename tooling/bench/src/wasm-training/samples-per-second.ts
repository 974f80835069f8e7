import { fashionImages, firstImages } from '@fuseinit/teacher';
import tf from '@tensorflow/tfjs';
import type { Contender } from './contenders.js';

/** How many samples a second a contender trains a new network on, after one step that warms up. */
export async function samplesPerSecond(
  { backend, steps, batchSize }: Contender,
  make: () => tf.Sequential,
): Promise<number> {
  await tf.setBackend(backend);
  const { images, labels } = firstImages(fashionImages('calibration'), batchSize);
  const model = make();
  model.compile({ optimizer: tf.train.sgd(0.01), loss: 'categoricalCrossentropy' });
  const x = tf.tensor4d(images, [batchSize, 28, 28, 1]);
  const y = tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), 10).toFloat());
  await model.trainOnBatch(x, y);
  const start = performance.now();
  for (let step = 0; step < steps; step++) await model.trainOnBatch(x, y);
  const seconds = (performance.now() - start) / 1000;
  tf.dispose([x, y]);
  model.dispose();
  model.optimizer.dispose();
  return (steps * batchSize) / seconds;
}
