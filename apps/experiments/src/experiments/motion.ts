import type { Experiment, LayerSpec } from '../experiment.js';
import { allArms, classifier, constantRate, convolution, pooling, rateGrid, tenSeeds } from './protocol.js';

/**
 * Specifies the paper's network for motion: convolutions, each with relu and pooling, without normalisation.
 */
function motionTeacher(channels: number, classes: number): LayerSpec[] {
  return [36, 18, 72]
    .flatMap((filters, index) => [
      ...convolution(1, index + 1, filters, {
        normalized: false,
        ...(index === 0 ? { inputShape: [128, channels] } : {}),
      }),
      ...pooling(1, index + 1),
    ])
    .concat(classifier(classes));
}

/** The paper's protocol for motion, fused from the front, on another data set of the same kind. */
export const motion: Experiment = {
  name: 'motion',
  title:
    'Motion of phones and watches, 3 conv1d of 36, 18 and 72 filters, fused one at a time from the front',
  cuts: 'Published: UCI HAR, 1,000 epochs of Adam at 1e-4 in batches of 1,000. Here another set of recordings, 3,000 windows in batches of 32, 10 epochs for the teacher and 6 for each student.',
  data: 'sp-sw-har',
  samples: { training: 3000, validation: 1000, test: 1580, calibration: 2000 },
  teacher: motionTeacher(6, 5),
  initialization: 'normal-0.05',
  fusions: [
    { from: 'conv1', to: 'conv2' },
    { from: 'conv1_conv2', to: 'conv3' },
  ],
  carriesOn: 'fused, refitted',
  arms: allArms,
  optimizer: 'adam',
  rates: rateGrid,
  schedule: constantRate,
  batchSize: 32,
  epochs: { teacher: 10, student: 6 },
  seeds: tenSeeds,
};

/** The paper's own data set of motion. */
export const uciHar: Experiment = {
  ...motion,
  name: 'uci-har',
  title: 'UCI HAR, 3 conv1d of 36, 18 and 72 filters, fused one at a time from the front',
  cuts: 'Published: 1,000 epochs of Adam at 1e-4 in batches of 1,000. Here batches of 32, 10 epochs for the teacher and 6 for each student.',
  data: 'uci-har',
  samples: { training: 6000, validation: 1000, test: 2947, calibration: 3000 },
  teacher: motionTeacher(9, 6),
};
