export { type CheckLayerOptions, checkLayer } from './check-layer.js';
export { type CheckLayerPairOptions, checkLayerPair } from './check-layer-pair.js';
