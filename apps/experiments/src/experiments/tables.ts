import type { Experiment } from '../experiment.js';
import { allArms, constantRate, perceptron, rateGrid, tenSeeds } from './protocol.js';

/** A dense classification network. */
export const abaloneAge: Experiment = {
  name: 'abalone-age',
  title: 'Abalone in three classes of age, 4 dense layers, the hidden ones fused twice from the end',
  cuts: '20 epochs for the teacher and 10 for each student.',
  data: 'abalone-age',
  samples: { training: 2700, validation: 600, test: 800, calibration: 2700 },
  teacher: perceptron(10, [64, 64, 64], { units: 3, activation: 'softmax' }),
  initialization: 'normal-0.05',
  fusions: [
    { from: 'dense2', to: 'dense3' },
    { from: 'dense1', to: 'dense2_dense3' },
  ],
  carriesOn: 'fused, refitted',
  arms: allArms,
  optimizer: 'adam',
  rates: rateGrid,
  schedule: constantRate,
  batchSize: 64,
  epochs: { teacher: 20, student: 10 },
  seeds: tenSeeds,
};

/** A dense regression network. */
export const californiaHousing: Experiment = {
  name: 'california-housing',
  title: 'California housing, 4 dense layers, the hidden ones fused twice from the end',
  cuts: '4,000 of the training rows, 20 epochs for the teacher and 10 for each student.',
  data: 'california-housing',
  samples: { training: 4000, validation: 1000, test: 4000, calibration: 4000 },
  teacher: perceptron(13, [64, 64, 64], { units: 1, activation: 'linear' }),
  initialization: 'he',
  fusions: [
    { from: 'dense2', to: 'dense3' },
    { from: 'dense1', to: 'dense2_dense3' },
  ],
  carriesOn: 'fused, refitted',
  arms: allArms,
  optimizer: 'adam',
  rates: rateGrid,
  schedule: constantRate,
  batchSize: 64,
  epochs: { teacher: 20, student: 10 },
  seeds: tenSeeds,
};
