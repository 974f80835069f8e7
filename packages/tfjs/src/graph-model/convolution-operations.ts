import { type Attribute, type GraphTensor, text, type } from './graph-builder.js';
import {
  fusedProduct,
  isChannelsFirst,
  ofImages,
  onImages,
  perAxis,
  type WrittenLayer,
  withActivation,
  withoutOperation,
} from './written-layer.js';

const activationOf = ({ config }: WrittenLayer) => String(config.activation ?? 'linear');

/** Adds a convolution over one or two axes, with its bias and activation. */
export function convolution(layer: WrittenLayer, rank: 1 | 2): GraphTensor {
  const { config, weights, node } = layer;
  requireChannelsLast(layer);
  if (Number(config.groups ?? 1) !== 1) throw withoutOperation(node, ' of several groups');
  const [kernel, bias] = weights;
  const shape = rank === 1 ? [1, ...kernel!.shape] : kernel!.shape;
  return onImages(layer, layer.inputs[0]!, rank, (input, name, outputShape) => {
    const sliding = slide({ ...layer, name }, input, perAxis(config.kernelSize, rank));
    return fusedProduct(
      { ...layer, name },
      {
        operations: ['_FusedConv2D', 'Conv2D'],
        input: sliding.input,
        kernel: { shape, data: kernel!.data },
        bias,
        activation: activationOf(layer),
        shape: outputShape,
        attributes: sliding.attributes,
      },
    );
  });
}

/** Adds a depthwise convolution, with its bias and activation. */
export function depthwiseConvolution(layer: WrittenLayer): GraphTensor {
  const { config, weights, node } = layer;
  requireChannelsLast(layer);
  const [kernel, bias] = weights;
  // tfjs-layers accepts a dilationRate here but ignores it.
  const undilated = { ...layer, config: { ...config, dilationRate: 1 } };
  const sliding = slide(undilated, layer.inputs[0]!, perAxis(config.kernelSize, 2));
  return fusedProduct(layer, {
    operations: ['FusedDepthwiseConv2dNative', 'DepthwiseConv2dNative'],
    input: sliding.input,
    kernel: kernel!,
    bias,
    activation: activationOf(layer),
    shape: [null, ...node.outputs[0]!.shape],
    attributes: sliding.attributes,
  });
}

/** Adds a depthwise convolution and a pointwise one, with bias and activation. */
export function separableConvolution(layer: WrittenLayer): GraphTensor {
  const { graph, config, weights, node, name } = layer;
  requireChannelsLast(layer);
  const [depthwise, pointwise, bias] = weights;
  const { shape } = node.outputs[0]!;
  const channels = pointwise!.shape[2]!;
  const sliding = slide(layer, layer.inputs[0]!, perAxis(config.kernelSize, 2));
  const mixed = graph.add(
    name('depthwise'),
    'DepthwiseConv2dNative',
    [sliding.input, graph.weight(name('depthwise_kernel'), depthwise!)],
    [null, ...shape.slice(0, -1), channels],
    sliding.attributes,
  );
  return fusedProduct(layer, {
    operations: ['_FusedConv2D', 'Conv2D'],
    input: mixed,
    kernel: pointwise!,
    bias,
    activation: activationOf(layer),
    shape: [null, ...shape],
    attributes: convolutionAttributes([1, 1], [1, 1], 'VALID'),
  });
}

/** Adds a transposed convolution, whose output size must be known. */
export function transposedConvolution(layer: WrittenLayer): GraphTensor {
  const { graph, config, weights, node, name, inputs } = layer;
  requireChannelsLast(layer);
  const { shape } = node.outputs[0]!;
  if (shape.includes(null)) throw withoutOperation(node, ' of an open length');
  // TensorFlow.js has no dilation here: both its layers and this operation ignore the rate.
  const [kernel, bias] = weights;
  // The batch size of the output is that of the input, which the graph reads as it runs.
  const batch = graph.add(name('shape'), 'Shape', [inputs[0]!], [4], {}, 'int32');
  const one = (suffix: string, value: number) => graph.integers(name(suffix), [value]);
  const size = graph.add(
    name('batch'),
    'Slice',
    [batch, one('begin', 0), one('length', 1)],
    [1],
    {},
    'int32',
  );
  const output = graph.add(
    name('output_shape'),
    'ConcatV2',
    [size, graph.integers(name('sample_shape'), shape.map(Number)), graph.integers(name('axis'), 0)],
    [4],
    { N: { i: '2' } },
    'int32',
  );
  const product = graph.add(
    name('product'),
    'Conv2DBackpropInput',
    [output, graph.weight(name('kernel'), kernel!), inputs[0]!],
    [null, ...shape],
    convolutionAttributes(
      perAxis(config.strides ?? 1, 2),
      [1, 1],
      String(config.padding ?? 'valid').toUpperCase(),
    ),
  );
  const biased = bias
    ? graph.add(name('biased'), 'AddV2', [product, graph.weight(name('bias'), bias)], product.shape)
    : product;
  return withActivation(layer, biased, activationOf(layer));
}

/**
 * The attributes of a sliding window, and its input, padded if TensorFlow's padding modes don't express the
 * padding.
 */
interface Sliding {
  readonly input: GraphTensor;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

function slide(layer: WrittenLayer, input: GraphTensor, size: readonly number[]): Sliding {
  const { graph, config, name, node } = layer;
  const rank = size.length;
  const strides = perAxis(config.strides ?? 1, rank);
  const rates = perAxis(config.dilationRate ?? 1, rank);
  const padding = String(config.padding ?? 'valid');
  const space = input.shape.slice(3 - rank, -1);
  // Some backends compute 'same' incorrectly if windows leave the end of the input unread. In that case the
  // input is padded explicitly.
  const leavesUnread =
    padding === 'same' && size.some((length, axis) => (length - 1) * rates[axis]! + 1 < strides[axis]!);
  if (padding !== 'causal' && (!leavesUnread || space.includes(null))) {
    return { input, attributes: convolutionAttributes(strides, rates, padding.toUpperCase()) };
  }
  const borders = size.map((length, axis) => {
    const extent = (length - 1) * rates[axis]! + 1;
    if (padding === 'causal') return [extent - 1, 0];
    const outputLength = Math.ceil(space[axis]! / strides[axis]!);
    const zeros = Math.max(0, (outputLength - 1) * strides[axis]! + extent - space[axis]!);
    return [Math.floor(zeros / 2), Math.ceil(zeros / 2)];
  });
  if (padding === 'causal' && node.layer.className !== 'Conv1D')
    throw withoutOperation(node, ' with causal padding');
  const attributes = convolutionAttributes(strides, rates, 'VALID');
  if (borders.flat().every((zeros) => zeros === 0)) return { input, attributes };
  const none = [0, 0];
  const table = [none, ...(rank === 1 ? [none] : []), ...borders, none];
  const shape = input.shape.map((length, axis) =>
    length === null ? null : length + table[axis]![0]! + table[axis]![1]!,
  );
  const padded = graph.add(name('pad'), 'Pad', [input, graph.integers(name('paddings'), table)], shape);
  return { input: padded, attributes };
}

function convolutionAttributes(
  strides: readonly number[],
  rates: readonly number[],
  padding: string,
): Readonly<Record<string, Attribute>> {
  return {
    T: type('float32'),
    strides: ofImages(strides),
    dilations: ofImages(rates),
    padding: text(padding),
    data_format: text('NHWC'),
  };
}

/**
 * Requires a layer with channels last.
 *
 * @throws LAYER_UNSUPPORTED for channels first, which the graph kernels of most backends don't support.
 */
export function requireChannelsLast({ config, node }: WrittenLayer): void {
  if (isChannelsFirst(config)) throw withoutOperation(node, ' of channels first');
}
