import { float, type GraphBuilder, type GraphTensor } from './graph-builder.js';

/** The activations that the fused kernels of TensorFlow.js support, with their names in TensorFlow. */
export const fusedActivations: Readonly<Record<string, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
};

/** The activations that are computed by a single operation. */
const operations: Readonly<Record<string, string>> = {
  ...fusedActivations,
  selu: 'Selu',
  tanh: 'Tanh',
  softplus: 'Softplus',
  softmax: 'Softmax',
  logSoftmax: 'LogSoftmax',
};

/**
 * Adds an activation of tfjs-layers as operations; undefined if no operations compute it.
 *
 * @param name The activation's name in tfjs-layers.
 */
export function activated(
  graph: GraphBuilder,
  layer: string,
  name: string,
  input: GraphTensor,
): GraphTensor | undefined {
  const { shape } = input;
  const number = (suffix: string, value: number) =>
    graph.weight(`${layer}/${suffix}`, { shape: [], data: [value] });
  const add = (suffix: string, op: string, ...inputs: GraphTensor[]) =>
    graph.add(`${layer}/${suffix}`, op, inputs, shape);
  if (name === 'linear') return input;
  const op = operations[name];
  if (op) return add(op, op, input);
  if (name === 'softsign') {
    const divisor = add('add', 'AddV2', add('abs', 'Abs', input), number('one', 1));
    return add('softsign', 'RealDiv', input, divisor);
  }
  if (name === 'hardSigmoid') {
    const scaled = add('mul', 'Mul', input, number('fifth', 0.2));
    const moved = add('add', 'AddV2', scaled, number('half', 0.5));
    return add('hard_sigmoid', 'ClipByValue', moved, number('zero', 0), number('one', 1));
  }
  if (name === 'swish') return add('swish', 'Mul', input, add('sigmoid', 'Sigmoid', input));
  if (name === 'mish') {
    return add('mish', 'Mul', input, add('tanh', 'Tanh', add('softplus', 'Softplus', input)));
  }
  if (name === 'gelu') {
    const scaled = add('mul', 'Mul', input, number('root', Math.SQRT1_2));
    const grown = add('add', 'AddV2', add('erf', 'Erf', scaled), number('one', 1));
    return add('gelu', 'Mul', add('halved', 'Mul', input, number('half', 0.5)), grown);
  }
  if (name === 'gelu_new') {
    const cube = add('cube', 'Mul', add('square', 'Square', input), input);
    const bent = add('sum', 'AddV2', input, add('mul', 'Mul', cube, number('bend', 0.044715)));
    const scaled = add('scale', 'Mul', bent, number('root', Math.sqrt(2 / Math.PI)));
    const grown = add('add', 'AddV2', add('tanh', 'Tanh', scaled), number('one', 1));
    return add('gelu_new', 'Mul', add('halved', 'Mul', input, number('half', 0.5)), grown);
  }
  return undefined;
}

/** Adds a leaky relu, which multiplies values below 0 by `alpha`. */
export function leaky(graph: GraphBuilder, name: string, input: GraphTensor, alpha: number): GraphTensor {
  return graph.add(name, 'LeakyRelu', [input], input.shape, { alpha: float(alpha) });
}
