import type { Experiment } from '../experiment.js';
import {
  allArms,
  classifier,
  convolution,
  pooling,
  publishedSchedule,
  rateGrid,
  tenSeeds,
} from './protocol.js';

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

/** The FashionMNIST experiment with He initial weights, the paper's second kind. */
export const fashionMnistHe: Experiment = {
  ...fashionMnist,
  name: 'fashion-mnist-he',
  title: 'The same FashionMNIST network from He initial weights',
  initialization: 'he',
};

/** A wider network of the same kind, as people would use it. */
export const fashionMnistWide: Experiment = {
  ...fashionMnist,
  name: 'fashion-mnist-wide',
  title: 'FashionMNIST, 4 conv2d of 16, 16, 32 and 32 filters, its last two fused, then its first two',
  cuts: 'Wider than published, and so 2 fusions and 5 seeds: 2,000 images, 10 epochs for the teacher and 6 for each student, batches of 32, a momentum of 0.9 in batch normalisation.',
  teacher: [
    ...convolution(2, 1, 16, { inputShape: [28, 28, 1] }),
    ...convolution(2, 2, 16),
    ...pooling(2, 2, 0.2),
    ...convolution(2, 3, 32),
    ...convolution(2, 4, 32),
    ...pooling(2, 4, 0.3),
    ...classifier(10),
  ],
  initialization: 'he',
  fusions: [
    { from: 'conv3', to: 'conv4' },
    { from: 'conv1', to: 'conv2' },
  ],
  seeds: { tuning: [1001], trials: [1, 2, 3, 4, 5] },
};
