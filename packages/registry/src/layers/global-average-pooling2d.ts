import { globalPoolingPlugin } from './global-pooling.js';

export const globalAveragePooling2d = globalPoolingPlugin('GlobalAveragePooling2D', 'average');
