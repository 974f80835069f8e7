import type { Experiment } from '../experiment.js';
import { fashionMnist } from './fashion-mnist.js';

/** The same with He's initial weights, the paper's second kind. */
export const fashionMnistHe: Experiment = {
  ...fashionMnist,
  name: 'fashion-mnist-he',
  title: 'The same FashionMNIST network from He initial weights',
  initialization: 'he',
};
