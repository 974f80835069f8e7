import type * as tfjs from '@tensorflow/tfjs';

/**
 * The untrained teacher of the main job: 4 conv2d (16, 16, 32, 32), each with batch norm and relu, max-pool
 * and dropout after the second and the fourth (docs/math.md, "The networks"), one dense softmax layer.
 */
export function fashionTeacher(tf: typeof tfjs): tfjs.Sequential {
  const model = tf.sequential({ name: 'fashion_teacher' });
  const filters = [16, 16, 32, 32];
  filters.forEach((count, index) => {
    const number = index + 1;
    model.add(
      tf.layers.conv2d({
        name: `conv${number}`,
        filters: count,
        kernelSize: 3,
        padding: 'same',
        kernelInitializer: tf.initializers.heNormal({ seed: number }),
        ...(index === 0 ? { inputShape: [28, 28, 1] } : {}),
      }),
    );
    model.add(tf.layers.batchNormalization({ name: `bn${number}` }));
    model.add(tf.layers.reLU({ name: `relu${number}` }));
    if (number % 2 === 0) {
      model.add(tf.layers.maxPooling2d({ name: `pool${number}`, poolSize: 2 }));
      model.add(tf.layers.dropout({ name: `dropout${number}`, rate: number === 2 ? 0.2 : 0.3 }));
    }
  });
  model.add(tf.layers.flatten({ name: 'flatten' }));
  model.add(
    tf.layers.dense({
      name: 'dense',
      units: 10,
      activation: 'softmax',
      kernelInitializer: tf.initializers.glorotUniform({ seed: 5 }),
    }),
  );
  return model;
}
