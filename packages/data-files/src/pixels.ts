/** Processing of image pixels that also runs in browsers: this entry needs neither Node nor a decoder. */

export { greyOf } from './images/image-pixels.js';
export { type Interpolation, resizeImage } from './images/resize-image.js';
export { type PixelScale, scalePixels } from './pixel-scale.js';
