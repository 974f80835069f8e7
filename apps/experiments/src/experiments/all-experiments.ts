import type { Experiment } from '../experiment.js';
import { abaloneAge } from './abalone-age.js';
import { californiaHousing } from './california-housing.js';
import { cifar10 } from './cifar-10.js';
import { fashionMnist } from './fashion-mnist.js';
import { fashionMnistHe } from './fashion-mnist-he.js';
import { fashionMnistWide } from './fashion-mnist-wide.js';
import { motion } from './motion.js';
import { smoke } from './smoke.js';
import { speechCommands } from './speech-commands.js';
import { spokenDigits } from './spoken-digits.js';
import { uciHar } from './uci-har.js';

/** In the order of the report. */
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
