import { poolingPlugin } from './pooling.js';

export const averagePooling1d = poolingPlugin('AveragePooling1D', 1, 'average');
