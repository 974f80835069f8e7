import { multiplyRows, type NdArray } from '../array/nd-array.js';
import { type LinearAlgebra, referenceLinearAlgebra } from '../linear-algebra/linear-algebra.js';
import type { AffineMap } from '../solve/affine-error.js';
import { randomArray } from '../testing/check.js';

/** Rows [count, columns] whose columns are correlated, with a condition number of a few hundred at most. */
export function correlatedRows(seed: number, count: number, columns: number): NdArray {
  const mixing = randomArray(seed + 1, [columns, columns]);
  for (let index = 0; index < mixing.data.length; index++) {
    mixing.data[index] =
      (0.5 * mixing.data[index]!) / Math.sqrt(columns) + (index % (columns + 1) === 0 ? 1 : 0);
  }
  return multiplyRows(randomArray(seed, [count, columns]), mixing, randomArray(seed + 2, [columns]));
}

/** Targets [count, features] that depend on the inputs in part, and not linearly. */
export function bentTargets(seed: number, inputs: NdArray, features: number): NdArray {
  const linear = multiplyRows(
    inputs,
    randomArray(seed + 3, [inputs.shape.at(-1)!, features]),
    randomArray(seed + 4, [features]),
  );
  const noise = randomArray(seed + 5, linear.shape);
  return {
    shape: linear.shape,
    data: linear.data.map((value, index) => Math.max(value, 0) + 0.1 * noise.data[index]!),
  };
}

/** The mean square error of a map over the variance of the targets, computed row by row without moments. */
export function measuredRelativeMse(map: AffineMap, inputs: NdArray, targets: NdArray): number {
  const predicted = multiplyRows(inputs, map.kernel, map.bias);
  const features = targets.shape.at(-1)!;
  const count = targets.data.length / features;
  const means = Array.from({ length: features }, (_, feature) => {
    let sum = 0;
    for (let row = 0; row < count; row++) sum += targets.data[row * features + feature]!;
    return sum / count;
  });
  let error = 0;
  let variance = 0;
  targets.data.forEach((value, index) => {
    error += (value - predicted.data[index]!) ** 2;
    variance += (value - means[index % features]!) ** 2;
  });
  return error / variance;
}

/** The reference linear algebra, with asynchronous results like those of a worker. */
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
