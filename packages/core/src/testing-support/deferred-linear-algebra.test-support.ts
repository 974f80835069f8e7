import type { LinearAlgebra } from '../linear-algebra/linear-algebra.js';
import { referenceLinearAlgebra } from '../linear-algebra/reference-linear-algebra.js';

/** The reference, whose answers come later, as those of a worker do. */
export const deferredLinearAlgebra: LinearAlgebra = {
  name: 'deferred',
  async solvePositive(...args) {
    await Promise.resolve();
    return referenceLinearAlgebra.solvePositive(...args);
  },
  async multiplyTransposed(...args) {
    await Promise.resolve();
    return referenceLinearAlgebra.multiplyTransposed(...args);
  },
};
