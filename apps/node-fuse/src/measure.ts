import type { LabelledImages } from '@fuseinit/teacher';
import type { LayersModel, Tensor, TensorFlow } from '@fuseinit/tfjs';

/** Share of images whose most probable class is their label. */
export async function accuracyOf(
  tf: TensorFlow,
  model: LayersModel,
  { images, labels, count }: LabelledImages,
): Promise<number> {
  const batch = 250;
  let right = 0;
  for (let start = 0; start < count; start += batch) {
    const size = Math.min(batch, count - start);
    const predicted = tf.tidy(() => {
      const input = tf.tensor4d(images.subarray(start * 784, (start + size) * 784), [size, 28, 28, 1]);
      return (model.predictOnBatch(input) as Tensor).argMax(-1);
    });
    const classes = await predicted.data();
    predicted.dispose();
    classes.forEach((label, index) => {
      if (label === labels[start + index]) right++;
    });
  }
  return right / count;
}

/**
 * Median milliseconds to predict one image, warm. The models take turns, so that whatever else the machine
 * does falls on all of them alike.
 */
export async function latenciesOf(
  tf: TensorFlow,
  models: readonly LayersModel[],
  image: Float32Array,
): Promise<number[]> {
  const input = tf.tensor4d(image, [1, 28, 28, 1]);
  const times = models.map((): number[] => []);
  const warmUps = 5;
  for (let round = 0; round < warmUps + 50; round++) {
    for (const [index, model] of models.entries()) {
      const start = performance.now();
      const output = model.predictOnBatch(input) as Tensor;
      await output.data();
      if (round >= warmUps) times[index]!.push(performance.now() - start);
      output.dispose();
    }
  }
  input.dispose();
  return times.map((values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!);
}
