import { columnCount, type NdArray } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';

const selu = { alpha: 1.6732632423543772, scale: 1.0507009873554805 };

const elementwise: Record<string, (x: number) => number> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  relu6: (x) => Math.min(6, Math.max(0, x)),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  selu: (x) => selu.scale * (x > 0 ? x : selu.alpha * Math.expm1(x)),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  hardSigmoid: (x) => Math.min(1, Math.max(0, 0.2 * x + 0.5)),
  tanh: Math.tanh,
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  softsign: (x) => x / (1 + Math.abs(x)),
  swish: (x) => x / (1 + Math.exp(-x)),
  mish: (x) => x * Math.tanh(Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  gelu_new: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
};

/** The names of the elementwise activations of tfjs-layers. */
export const elementwiseActivations: readonly string[] = Object.keys(elementwise);

/**
 * Applies a tfjs-layers activation in float64, by name; 'softmax' and 'logSoftmax' are over the last axis.
 *
 * @throws LAYER_UNSUPPORTED for a name that isn't known here.
 */
export function activate(input: NdArray, activation: string): NdArray {
  if (activation === 'softmax' || activation === 'logSoftmax') {
    const logarithms = logSoftmax(input);
    return activation === 'logSoftmax' ? logarithms : mapElements(logarithms, Math.exp);
  }
  const apply = Object.hasOwn(elementwise, activation) ? elementwise[activation] : undefined;
  if (!apply) {
    throw new FuseInitError(
      'LAYER_UNSUPPORTED',
      `The activation ${JSON.stringify(activation)} is unknown: one of ${elementwiseActivations.join(', ')}, softmax or logSoftmax was expected.`,
    );
  }
  return mapElements(input, apply);
}

/** The array of the same shape with `apply` applied to each element. */
export function mapElements(input: NdArray, apply: (value: number) => number): NdArray {
  return { shape: input.shape, data: input.data.map((value) => apply(value)) };
}

function logSoftmax(input: NdArray): NdArray {
  const columns = columnCount(input);
  const data = input.data.slice();
  for (let start = 0; start < data.length; start += columns) {
    const row = data.subarray(start, start + columns);
    const largest = row.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    let sum = 0;
    for (const value of row) sum += Math.exp(value - largest);
    const logarithm = Math.log(sum);
    for (let index = 0; index < columns; index++) row[index] = row[index]! - largest - logarithm;
  }
  return { shape: input.shape, data };
}

/**
 * The error function in float64, by the series of positive terms `2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) /
 * (2n+1)!!` (DLMF 7.6.2), which loses no digits.
 */
export function erf(x: number): number {
  // Beyond 6, 1 - |erf| is below float64's resolution.
  if (Math.abs(x) >= 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > Number.EPSILON * Math.abs(sum) * 0.1; odd += 2) {
    term *= (2 * x * x) / odd;
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
