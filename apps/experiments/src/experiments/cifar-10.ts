import type { Experiment } from '../experiment.js';
import { allArms, classifier, convolution, pooling, publishedSchedule, rateGrid } from './protocol.js';

/** The paper's CIFAR-10 network, shortened. */
export const cifar10: Experiment = {
  name: 'cifar-10',
  title: 'CIFAR-10, 6 conv2d of 16, 16, 32, 32, 64 and 64 filters with elu, fused twice from the end',
  cuts: 'Published: filters of 32 to 128, 50,000 training images, 125 epochs, augmentation, a weight decay of 1e-4. Here half the filters, 1,500 images in batches of 32, a momentum of 0.9 in batch normalisation, 10 epochs for the teacher and 5 for each student, neither augmentation nor decay, 5 seeds.',
  data: 'cifar-10',
  samples: { training: 1500, validation: 500, test: 1000, calibration: 1500 },
  teacher: [16, 16, 32, 32, 64, 64]
    .flatMap((filters, index) => [
      ...convolution(2, index + 1, filters, {
        activation: 'ELU',
        ...(index === 0 ? { inputShape: [32, 32, 3] } : {}),
      }),
      ...(index % 2 === 1 ? pooling(2, index + 1, [0.2, 0.3, 0.4][(index - 1) / 2]!) : []),
    ])
    .concat(classifier(10)),
  initialization: 'he',
  fusions: [
    { from: 'conv5', to: 'conv6' },
    { from: 'conv3', to: 'conv4' },
  ],
  carriesOn: 'fused, refitted',
  arms: allArms,
  optimizer: 'rmsprop',
  rates: rateGrid,
  schedule: publishedSchedule,
  batchSize: 32,
  epochs: { teacher: 10, student: 5 },
  seeds: { tuning: [1001], trials: [1, 2, 3, 4, 5] },
};
