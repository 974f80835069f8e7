import type { Experiment } from '../experiment.js';
import { classifier, constantRate, convolution, pooling } from './protocol.js';

/**
 * This experiment is small enough to run wherever the project is checked, on the images in the repository.
 */
export const smoke: Experiment = {
  name: 'smoke',
  title: 'A part of FashionMNIST, 3 conv2d of 4, 8 and 8 filters, the last two fused: a check, not evidence',
  cuts: '1,500 training images, one rate, 5 epochs for the teacher and 2 for each student.',
  data: 'fashion-mnist-sample',
  samples: { training: 1500, validation: 250, test: 1000, calibration: 500 },
  teacher: [
    ...convolution(2, 1, 4, { inputShape: [28, 28, 1] }),
    ...pooling(2, 1),
    ...convolution(2, 2, 8),
    ...convolution(2, 3, 8),
    ...pooling(2, 3),
    ...classifier(10),
  ],
  initialization: 'he',
  fusions: [{ from: 'conv2', to: 'conv3' }],
  carriesOn: 'fused',
  arms: ['random', 'fused'],
  optimizer: 'adam',
  rates: [1e-3],
  schedule: constantRate,
  batchSize: 32,
  epochs: { teacher: 5, student: 2 },
  seeds: { tuning: [1001], trials: [1, 2, 3, 4] },
};
