import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';

/**
 * The demo's teacher with so many times the filters, its weights drawn: for time alone, which doesn't depend
 * on them.
 *
 * @param width Filters are 16, 16, 32 and 32 times it.
 */
export function wideTeacher(tf: TensorFlow, width: number): LayersModel {
  const model = tf.sequential({ name: 'wide_teacher' });
  for (const [index, filters] of [16, 16, 32, 32].entries()) {
    const number = index + 1;
    model.add(
      tf.layers.conv2d({
        name: `conv${number}`,
        filters: filters * width,
        kernelSize: 3,
        padding: 'same',
        kernelInitializer: tf.initializers.heNormal({ seed: number }),
        ...(index === 0 ? { inputShape: [28, 28, 1] } : {}),
      }),
    );
    model.add(tf.layers.batchNormalization({ name: `bn${number}` }));
    model.add(tf.layers.reLU({ name: `relu${number}` }));
    if (number % 2 === 0) model.add(tf.layers.maxPooling2d({ name: `pool${number}`, poolSize: 2 }));
  }
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
