import type { Experiment } from '../experiment.js';
import { classifier, convolution, pooling } from './layer-specs.js';
import { allArms, publishedSchedule, rateGrid, tenSeeds } from './protocol.js';

/** The paper's FashionMNIST network and protocol, shortened. */
export const fashionMnist: Experiment = {
  name: 'fashion-mnist',
  title: 'FashionMNIST, 4 conv2d of 2, 4, 8 and 16 filters, fused one at a time from the end',
  cuts: 'Published: 60,000 training images, 50 epochs. Here 2,000 images in batches of 32, 10 epochs for the teacher and 6 for each student, and a momentum of 0.9 in batch normalisation, since steps are few. Fused kernels of the second fusion are 6x6 of a receptive field of 12x12.',
  data: 'fashion-mnist',
  samples: { training: 2000, validation: 1000, test: 2000, calibration: 2000 },
  teacher: [
    ...convolution(2, 1, 2, { inputShape: [28, 28, 1] }),
    ...convolution(2, 2, 4),
    ...pooling(2, 2, 0.2),
    ...convolution(2, 3, 8),
    ...convolution(2, 4, 16),
    ...pooling(2, 4, 0.3),
    ...classifier(10),
  ],
  initialization: 'normal-0.05',
  fusions: [
    { from: 'conv3', to: 'conv4' },
    { from: 'conv2', to: 'conv3_conv4', kernelSize: 6 },
    { from: 'conv1', to: 'conv2_conv3_conv4' },
  ],
  carriesOn: 'fused, refitted',
  arms: allArms,
  optimizer: 'rmsprop',
  rates: rateGrid,
  schedule: publishedSchedule,
  batchSize: 32,
  epochs: { teacher: 10, student: 6 },
  seeds: tenSeeds,
};
