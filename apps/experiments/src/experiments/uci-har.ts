import type { Experiment } from '../experiment.js';
import { motion, motionTeacher } from './motion.js';

/** The paper's own set of motion. */
export const uciHar: Experiment = {
  ...motion,
  name: 'uci-har',
  title: 'UCI HAR, 3 conv1d of 36, 18 and 72 filters, fused one at a time from the front',
  cuts: 'Published: 1,000 epochs of Adam at 1e-4 in batches of 1,000. Here batches of 32, 10 epochs for the teacher and 6 for each student.',
  data: 'uci-har',
  samples: { training: 6000, validation: 1000, test: 2947, calibration: 3000 },
  teacher: motionTeacher(9, 6),
};
