import tf from '@tensorflow/tfjs';

export interface Convnet {
  readonly name: string;
  readonly make: () => tf.Sequential;
}

const head = () => [tf.layers.flatten(), tf.layers.dense({ units: 10, activation: 'softmax' })];

export const convnets: readonly Convnet[] = [
  {
    name: 'conv 16, conv 16, pool, conv 32, conv 32, pool, dense: the demo’s teacher without its dropout',
    make: () =>
      tf.sequential({
        layers: [16, 16, 32, 32]
          .flatMap((filters, index): tf.layers.Layer[] => [
            tf.layers.conv2d({
              filters,
              kernelSize: 3,
              padding: 'same',
              ...(index === 0 ? { inputShape: [28, 28, 1] } : {}),
            }),
            tf.layers.batchNormalization(),
            tf.layers.reLU(),
            ...(index % 2 === 1 ? [tf.layers.maxPooling2d({ poolSize: 2 })] : []),
          ])
          .concat(head()),
      }),
  },
  {
    name: 'conv 16 stride 2, separable 32, pool, separable 64, dense',
    make: () =>
      tf.sequential({
        layers: [
          tf.layers.conv2d({
            filters: 16,
            kernelSize: 3,
            strides: 2,
            activation: 'relu',
            inputShape: [28, 28, 1],
          }),
          tf.layers.separableConv2d({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu' }),
          tf.layers.maxPooling2d({ poolSize: 2 }),
          tf.layers.separableConv2d({ filters: 64, kernelSize: 3, padding: 'same', activation: 'relu' }),
          ...head(),
        ],
      }),
  },
];
