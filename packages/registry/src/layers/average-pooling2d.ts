import { poolingPlugin } from './pooling.js';

export const averagePooling2d = poolingPlugin('AveragePooling2D', 2, 'average');
