import { globalPoolingPlugin } from './global-pooling.js';

export const globalMaxPooling1d = globalPoolingPlugin('GlobalMaxPooling1D', 'max');
