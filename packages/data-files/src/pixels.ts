/** What a browser, too, does to the pixels of an image: this entry needs neither Node nor a decoder. */

export { greyOf } from './images/image-pixels.js';
export { type Interpolation, resizeImage } from './images/resize-image.js';
export { type PixelScale, scalePixels } from './pixel-scale.js';
