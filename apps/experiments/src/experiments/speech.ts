import type { Experiment } from '../experiment.js';
import { allArms, classifier, constantRate, convolution, pooling, rateGrid, tenSeeds } from './protocol.js';

/** The paper's kind of network for speech, on spoken digits. */
export const spokenDigits: Experiment = {
  name: 'spoken-digits',
  title: 'Spoken digits (FSDD, MFCC), 4 conv1d of 16, 16, 32 and 32 filters, fused twice from the end',
  cuts: 'Published: Speech Commands, 4 to 6 conv1d of 32 to 64 filters. Here spoken digits, half the filters, batches of 32, a momentum of 0.9 in batch normalisation, 10 epochs for the teacher and 6 for each student.',
  data: 'fsdd',
  samples: { training: 2400, validation: 300, test: 300, calibration: 2400 },
  teacher: [
    ...convolution(1, 1, 16, { inputShape: [64, 13] }),
    ...convolution(1, 2, 16),
    ...pooling(1, 2, 0.2),
    ...convolution(1, 3, 32),
    ...convolution(1, 4, 32),
    ...pooling(1, 4, 0.3),
    ...classifier(10),
  ],
  initialization: 'he',
  fusions: [
    { from: 'conv3', to: 'conv4' },
    { from: 'conv2', to: 'conv3_conv4' },
  ],
  carriesOn: 'fused, refitted',
  arms: allArms,
  optimizer: 'rmsprop',
  rates: rateGrid,
  schedule: constantRate,
  batchSize: 32,
  epochs: { teacher: 10, student: 6 },
  seeds: tenSeeds,
};

/** The paper's own data set of speech. */
export const speechCommands: Experiment = {
  ...spokenDigits,
  name: 'speech-commands',
  title: 'Speech Commands (10 words, MFCC), 4 conv1d, fused twice from the end',
  cuts: 'Half the published filters, batches of 32, a momentum of 0.9 in batch normalisation, 10 epochs for the teacher and 6 for each student.',
  data: 'speech-commands',
  samples: { training: 8000, validation: 1000, test: 2000, calibration: 3000 },
};
