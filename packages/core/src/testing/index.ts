export type { CheckBackendOptions } from './backend-cases.js';
export { randomArray } from './check.js';
export {
  type BackendCheck,
  backendTolerance,
  checkBackend,
} from './check-backend.js';
export { type CheckLayerOptions, checkLayer } from './check-layer.js';
export { type CheckLayerPairOptions, checkLayerPair } from './check-layer-pair.js';
export { checkLinearAlgebra, type LinearAlgebraCheck } from './check-linear-algebra.js';
export { type InputReads, readsOfInputs } from './check-reads.js';
