import { poolingPlugin } from './pooling.js';

export const maxPooling2d = poolingPlugin('MaxPooling2D', 2, 'max');
