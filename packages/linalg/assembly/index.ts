export { addPatches, addRows } from './row-products';
export { holdRows } from './packed-rows';
export { addRuns, listPixels, packPixels } from './pixel-products';
export { centerRows } from './covariance';
export { factor } from './cholesky';
export { substituteBack } from './back-substitution';
export { subtractProduct } from './product';
