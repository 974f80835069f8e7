import type { Experiment } from '../experiment.js';
import { spokenDigits } from './spoken-digits.js';

/** The paper's own set of speech. */
export const speechCommands: Experiment = {
  ...spokenDigits,
  name: 'speech-commands',
  title: 'Speech Commands (10 words, MFCC), 4 conv1d, fused twice from the end',
  cuts: 'Half the published filters, batches of 32, a momentum of 0.9 in batch normalisation, 10 epochs for the teacher and 6 for each student.',
  data: 'speech-commands',
  samples: { training: 8000, validation: 1000, test: 2000, calibration: 3000 },
};
