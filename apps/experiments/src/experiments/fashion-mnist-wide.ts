import type { Experiment } from '../experiment.js';
import { fashionMnist } from './fashion-mnist.js';
import { classifier, convolution, pooling } from './layer-specs.js';

/** A network that people would use, of the same kind. */
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
