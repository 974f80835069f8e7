import { borderPlugin } from './border-plugin.js';

export const zeroPadding2d = borderPlugin('ZeroPadding2D', 'padding', 1);
