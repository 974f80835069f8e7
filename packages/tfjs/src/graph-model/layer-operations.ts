import { leaky } from './activation-operations.js';
import {
  convolution,
  depthwiseConvolution,
  requireChannelsLast,
  separableConvolution,
  transposedConvolution,
} from './convolution-operations.js';
import { boolean, type GraphTensor, integer, text, type } from './graph-builder.js';
import { batchNormalization, layerNormalization } from './normalization-operations.js';
import {
  cropping,
  flatten,
  permute,
  repeatVector,
  reshapeTo,
  upSampling,
  zeroPadding,
} from './shape-operations.js';
import {
  fusedProduct,
  isChannelsFirst,
  ofImages,
  onImages,
  perAxis,
  reshaped,
  transposed,
  type Writer,
  type WrittenLayer,
  withActivation,
  withoutOperation,
} from './written-layer.js';

/**
 * Adds operations that compute a layer at inference and that TensorFlow.js supports.
 *
 * @throws LAYER_UNSUPPORTED for a layer that no operations are known for.
 */
export function layerOperations(layer: WrittenLayer): GraphTensor {
  const { node } = layer;
  const writer = writers[node.layer.className];
  if (!writer) throw withoutOperation(node);
  if (node.masks?.given) throw withoutOperation(node, ' with a mask');
  const output = writer(layer);
  const [expected] = node.outputs;
  return { ...output, shape: [null, ...expected!.shape], dtype: expected!.dtype };
}

/** The layer classes that can be written to a GraphModel. */
export const writtenClasses = (): readonly string[] => Object.keys(writers);

const identity: Writer = ({ inputs }) => inputs[0]!;

const activation: Writer = (layer) =>
  withActivation(layer, layer.inputs[0]!, String(layer.config.activation ?? 'linear'));

const merge =
  (op: string): Writer =>
  ({ graph, inputs, name }) => {
    const rank = Math.max(...inputs.map(({ shape }) => shape.length));
    const shape = inputs.find((input) => input.shape.length === rank)!.shape;
    const aligned = inputs.map((input, index) => {
      if (input.shape.length === rank) return input;
      // tfjs-layers aligns shapes at the batch axis, and inserts missing axes after it.
      const ones = Array.from({ length: rank - input.shape.length }, () => 1);
      return reshaped(graph, name(`align_${index}`), input, [null, ...ones, ...input.shape.slice(1)]);
    });
    return aligned
      .slice(1)
      .reduce(
        (sum, input, index) =>
          graph.add(name(index === aligned.length - 2 ? '' : `partial_${index}`), op, [sum, input], shape),
        aligned[0]!,
      );
  };

const average: Writer = (layer) => {
  const { graph, inputs, name } = layer;
  const sum = merge('AddV2')({ ...layer, name: (suffix) => name(suffix || 'sum') });
  const share = graph.weight(name('share'), { shape: [], data: [1 / inputs.length] });
  return graph.add(name(), 'Mul', [sum, share], sum.shape);
};

const concatenate: Writer = ({ graph, inputs, config, name, node }) => {
  const rank = inputs[0]!.shape.length;
  const axis = Number(config.axis ?? -1);
  const along = graph.integers(name('axis'), axis < 0 ? axis + rank : axis);
  return graph.add(name(), 'ConcatV2', [...inputs, along], [null, ...node.outputs[0]!.shape], {
    N: integer(inputs.length),
  });
};

const pooling =
  (op: 'MaxPool' | 'AvgPool', rank: 1 | 2): Writer =>
  (layer) => {
    const { graph, config } = layer;
    requireChannelsLast(layer);
    const size = perAxis(config.poolSize ?? 2, rank);
    const strides = perAxis(config.strides ?? size, rank);
    return onImages(layer, layer.inputs[0]!, rank, (input, name, shape) =>
      graph.add(name(), op, [input], shape, {
        T: type('float32'),
        ksize: ofImages(size),
        strides: ofImages(strides),
        padding: text(String(config.padding ?? 'valid').toUpperCase()),
        data_format: text('NHWC'),
      }),
    );
  };

const globalPooling =
  (op: 'Mean' | 'Max'): Writer =>
  ({ graph, inputs, config, name, node }) => {
    const rank = inputs[0]!.shape.length;
    const space = Array.from({ length: rank - 2 }, (_, axis) => axis + (isChannelsFirst(config) ? 2 : 1));
    return graph.add(
      name(),
      op,
      [inputs[0]!, graph.integers(name('axis'), space)],
      [null, ...node.outputs[0]!.shape],
      {
        keep_dims: boolean(false),
      },
    );
  };

const dense: Writer = (layer) => {
  const { graph, inputs, weights, config, name, node } = layer;
  const [kernel, bias] = weights;
  const [input] = inputs;
  const positions = input!.shape.slice(1, -1);
  if (positions.includes(null)) throw withoutOperation(node, ' on positions of an open length');
  const [channels, units] = kernel!.shape as [number, number];
  const ofRows = positions.length === 0;
  const within = (suffix = '') => name(suffix === '' && !ofRows ? 'rows_product' : suffix);
  const output = fusedProduct(
    { ...layer, name: within },
    {
      operations: ['_FusedMatMul', 'MatMul'],
      input: ofRows ? input! : reshaped(graph, name('rows'), input!, [null, channels]),
      kernel: kernel!,
      bias,
      activation: String(config.activation ?? 'linear'),
      shape: [null, units],
      attributes: { T: type('float32'), transpose_a: boolean(false), transpose_b: boolean(false) },
    },
  );
  return ofRows ? output : reshaped(graph, name(), output, [null, ...positions, units]);
};

const relu: Writer = (layer) => {
  const { graph, inputs, config, name } = layer;
  const maximum = config.maxValue as number | null | undefined;
  if (maximum === null || maximum === undefined) return withActivation(layer, inputs[0]!, 'relu');
  if (maximum === 6) return withActivation(layer, inputs[0]!, 'relu6');
  const bounds = [0, maximum].map((value, index) =>
    graph.weight(name(`bound_${index}`), { shape: [], data: [value] }),
  );
  return graph.add(name(), 'ClipByValue', [inputs[0]!, ...bounds], inputs[0]!.shape);
};

const prelu: Writer = ({ graph, inputs, weights, name }) => {
  const alpha = graph.weight(name('alpha'), weights[0]!);
  return graph.add(name(), 'Prelu', [inputs[0]!, alpha], inputs[0]!.shape);
};

const thresholdedRelu: Writer = ({ graph, inputs, config, name }) => {
  const [input] = inputs;
  const theta = graph.weight(name('theta'), { shape: [], data: [Number(config.theta ?? 1)] });
  const above = graph.add(name('above'), 'Greater', [input!, theta], input!.shape, {}, 'bool');
  const share = graph.add(name('share'), 'Cast', [above], input!.shape, {
    DstT: type('float32'),
    SrcT: type('bool'),
  });
  return graph.add(name(), 'Mul', [input!, share], input!.shape);
};

const softmax: Writer = (layer) => {
  const { graph, inputs, config, name } = layer;
  const [input] = inputs;
  const rank = input!.shape.length;
  const given = Number(config.axis ?? 1);
  const axis = given < 0 ? given + rank : given;
  if (axis === rank - 1) return withActivation(layer, input!, 'softmax');
  const axes = input!.shape.map((_, at) => at);
  const toEnd = [...axes.toSpliced(axis, 1), axis];
  const moved = transposed(graph, name('to_end'), input!, toEnd);
  const probabilities = graph.add(name('softmax'), 'Softmax', [moved], moved.shape);
  return transposed(
    graph,
    name(),
    probabilities,
    axes.map((at) => toEnd.indexOf(at)),
  );
};

const rescaling: Writer = ({ graph, inputs, config, name }) => {
  const [input] = inputs;
  const float =
    input!.dtype === 'float32'
      ? input!
      : graph.add(name('cast'), 'Cast', [input!], input!.shape, { DstT: type('float32') });
  const number = (suffix: string, value: unknown) =>
    graph.weight(name(suffix), { shape: [], data: [Number(value)] });
  const scaled = graph.add(name('mul'), 'Mul', [float, number('scale', config.scale)], input!.shape);
  return graph.add(name(), 'AddV2', [scaled, number('offset', config.offset ?? 0)], input!.shape);
};

const embedding: Writer = ({ graph, inputs, weights, name, node }) => {
  const [input] = inputs;
  const indices =
    input!.dtype === 'int32'
      ? input!
      : graph.add(name('cast'), 'Cast', [input!], input!.shape, { DstT: type('int32') }, 'int32');
  const table = graph.weight(name('embeddings'), weights[0]!);
  return graph.add(
    name(),
    'GatherV2',
    [table, indices, graph.integers(name('axis'), 0)],
    [null, ...node.outputs[0]!.shape],
    {
      batch_dims: integer(0),
    },
  );
};

const writers: Readonly<Record<string, Writer>> = {
  Activation: activation,
  Add: merge('AddV2'),
  AlphaDropout: identity,
  Average: average,
  AveragePooling1D: pooling('AvgPool', 1),
  AveragePooling2D: pooling('AvgPool', 2),
  BatchNormalization: batchNormalization,
  Concatenate: concatenate,
  Conv1D: (layer) => convolution(layer, 1),
  Conv2D: (layer) => convolution(layer, 2),
  Conv2DTranspose: transposedConvolution,
  Cropping2D: cropping,
  Dense: dense,
  DepthwiseConv2D: depthwiseConvolution,
  Dropout: identity,
  ELU: (layer) => withActivation(layer, layer.inputs[0]!, 'elu'),
  Embedding: embedding,
  Flatten: flatten,
  GaussianDropout: identity,
  GaussianNoise: identity,
  GlobalAveragePooling1D: globalPooling('Mean'),
  GlobalAveragePooling2D: globalPooling('Mean'),
  GlobalMaxPooling1D: globalPooling('Max'),
  GlobalMaxPooling2D: globalPooling('Max'),
  LayerNormalization: layerNormalization,
  LeakyReLU: ({ graph, inputs, config, name }) =>
    leaky(graph, name(), inputs[0]!, Number(config.alpha ?? 0.3)),
  MaxPooling1D: pooling('MaxPool', 1),
  MaxPooling2D: pooling('MaxPool', 2),
  Maximum: merge('Maximum'),
  Minimum: merge('Minimum'),
  Multiply: merge('Mul'),
  Permute: permute,
  PReLU: prelu,
  ReLU: relu,
  RepeatVector: repeatVector,
  Rescaling: rescaling,
  Reshape: (layer) => reshapeTo(layer, layer.inputs[0]!),
  SeparableConv2D: separableConvolution,
  Softmax: softmax,
  SpatialDropout1D: identity,
  ThresholdedReLU: thresholdedRelu,
  UpSampling2D: upSampling,
  ZeroPadding2D: zeroPadding,
};
