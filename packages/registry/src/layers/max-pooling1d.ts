import { poolingPlugin } from './pooling.js';

export const maxPooling1d = poolingPlugin('MaxPooling1D', 1, 'max');
