import type { Experiment } from '../experiment.js';
import { cifar10 } from './cifar-10.js';
import { fashionMnist, fashionMnistHe, fashionMnistWide } from './fashion-mnist.js';
import { motion, uciHar } from './motion.js';
import { smoke } from './smoke.js';
import { speechCommands, spokenDigits } from './speech.js';
import { abaloneAge, californiaHousing } from './tables.js';

/** The experiments in the order of the report. */
export const allExperiments: readonly Experiment[] = [
  fashionMnist,
  fashionMnistHe,
  fashionMnistWide,
  cifar10,
  spokenDigits,
  speechCommands,
  motion,
  uciHar,
  californiaHousing,
  abaloneAge,
  smoke,
];
