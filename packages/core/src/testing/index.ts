export {
  type BackendCheck,
  backendTolerance,
  type CheckBackendOptions,
  checkBackend,
} from './check-backend.js';
export { type CheckLayerOptions, checkLayer } from './check-layer.js';
export { type CheckLayerPairOptions, checkLayerPair } from './check-layer-pair.js';
export { randomArray } from './random-array.js';
