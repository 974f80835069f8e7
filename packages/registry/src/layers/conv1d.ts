import { convolutionPlugin } from './convolution.js';

export const conv1d = convolutionPlugin('Conv1D', 1);
