import { globalPoolingPlugin } from './global-pooling.js';

export const globalMaxPooling2d = globalPoolingPlugin('GlobalMaxPooling2D', 'max');
