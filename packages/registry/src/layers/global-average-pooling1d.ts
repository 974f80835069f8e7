import { globalPoolingPlugin } from './global-pooling.js';

export const globalAveragePooling1d = globalPoolingPlugin('GlobalAveragePooling1D', 'average');
