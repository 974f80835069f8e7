export {
  createLinearAlgebra,
  type LinearAlgebraOptions,
  type WasmLinearAlgebra,
} from './create-linear-algebra.js';
export type { Instructions } from './kernels/kernels.js';
export type { Sums, SumsOptions } from './sums/stream-sums.js';
