import { borderPlugin } from './border-plugin.js';

export const cropping2d = borderPlugin('Cropping2D', 'cropping', -1);
