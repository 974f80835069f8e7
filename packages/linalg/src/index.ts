export {
  createLinearAlgebra,
  type LinearAlgebraOptions,
  type WasmLinearAlgebra,
} from './create-linear-algebra.js';
export type { Instructions } from './kernels/instructions.js';
export type { Sums, SumsOptions } from './sums/sums.js';
