export {
  createLinearAlgebra,
  type LinearAlgebra,
  type LinearAlgebraOptions,
} from './create-linear-algebra.js';
export type { Instructions } from './kernels/instructions.js';
export { LinalgError, type LinalgErrorCode } from './linalg-error.js';
export type { PositiveSolution } from './solve/solve-positive.js';
export type { PatchGeometry, PatchSumsOptions } from './sums/patch-sums.js';
export type { RowLayout } from './sums/row-sums.js';
export type { RowMoments, Sums } from './sums/sums.js';
