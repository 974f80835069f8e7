import type { Mnist } from '@fuseinit/test-inputs/mnist';
import type { LayersModel, Tensor, TensorFlow } from '@fuseinit/tfjs';

/** The share of images whose most probable class is their label. */
export function accuracyOf(tf: TensorFlow, model: LayersModel, { images, labels, count }: Mnist): number {
  const batch = 250;
  let right = 0;
  for (let start = 0; start < count; start += batch) {
    const size = Math.min(batch, count - start);
    const classes = tf.tidy(() => {
      const input = tf.tensor(images.subarray(start * 784, (start + size) * 784), [size, 28, 28, 1]);
      return (model.predictOnBatch(input) as Tensor).argMax(-1).dataSync();
    });
    classes.forEach((label, index) => {
      if (label === labels[start + index]) right++;
    });
  }
  return right / count;
}
