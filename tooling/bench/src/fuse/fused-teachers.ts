import type { LayersModel, SpanRequest, TensorFlow } from '@fuseinit/tfjs';

/**
 * The spans that `npm run demo` fuses in its second student of the FashionMNIST teacher: two pairs of
 * convolutions.
 */
export const demoSpans: readonly SpanRequest[] = [
  { from: 'conv1', to: 'conv2' },
  { from: 'conv3', to: 'conv4', kernelSize: 5 },
];

/**
 * Makes the demo's teacher with `width` times the filters and drawn weights. It serves to measure time, which
 * doesn't depend on the weights.
 *
 * @param width The factor of the filters, which are 16, 16, 32 and 32 times it.
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
