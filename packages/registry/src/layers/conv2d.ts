import { convolutionPlugin } from './convolution.js';

export const conv2d = convolutionPlugin('Conv2D', 2);
