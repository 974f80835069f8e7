import { sizeOf } from '@fuseinit/core';
import { leaky } from './activation-operations.js';
import {
  convolution,
  depthwiseConvolution,
  requireChannelsLast,
  separableConvolution,
  transposedConvolution,
} from './convolution-operations.js';
import { boolean, type GraphTensor, integer, text, type } from './graph-builder.js';
import {
  fusedProduct,
  isChannelsFirst,
  ofImages,
  onImages,
  perAxis,
  reshaped,
  transposed,
  type WrittenLayer,
  withActivation,
  withoutOperation,
} from './written-layer.js';

type Writer = (layer: WrittenLayer) => GraphTensor;

/**
 * What a layer computes at inference, as operations of TensorFlow that TensorFlow.js runs.
 *
 * @throws LAYER_UNSUPPORTED for a layer that no operation is known for.
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

/** The classes that can be written. */
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
      // tfjs-layers aligns shapes at the batch: the axes that are missing come after it.
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

function reshapeTo({ graph, node, name }: WrittenLayer, input: GraphTensor): GraphTensor {
  const { shape } = node.outputs[0]!;
  const numbers = input.shape.slice(1);
  const open = shape.filter((length) => length === null).length;
  if (open > 1 || (open === 1 && numbers.includes(null))) throw withoutOperation(node, ' of an open length');
  const known = sizeOf(shape.map((length) => length ?? 1));
  const lengths = shape.map((length) => length ?? sizeOf(numbers.map(Number)) / known);
  return reshaped(graph, name(), input, [null, ...lengths]);
}

const flatten: Writer = (layer) => {
  const { graph, inputs, config, name } = layer;
  const [input] = inputs;
  if (config.dataFormat !== 'channelsFirst' || input!.shape.length < 3) return reshapeTo(layer, input!);
  // tfjs-layers flattens in the order of channels last.
  const axes = input!.shape.map((_, axis) => axis);
  return reshapeTo(layer, transposed(graph, name('channels_last'), input!, [0, ...axes.slice(2), 1]));
};

const permute: Writer = ({ graph, inputs, config, name }) =>
  transposed(graph, name(), inputs[0]!, [0, ...(config.dims as number[])]);

const repeatVector: Writer = ({ graph, inputs, config, name, node }) => {
  const [input] = inputs;
  const expanded = graph.add(
    name('expand'),
    'ExpandDims',
    [input!, graph.integers(name('axis'), 1)],
    [null, 1, input!.shape[1]!],
  );
  const multiples = graph.integers(name('multiples'), [1, Number(config.n), 1]);
  return graph.add(name(), 'Tile', [expanded, multiples], [null, ...node.outputs[0]!.shape]);
};

const zeroPadding: Writer = ({ graph, inputs, config, name, node }) => {
  const [rows, columns] = borders(config.padding ?? 1);
  const space = [rows!, columns!];
  const none = [0, 0];
  const table = isChannelsFirst(config) ? [none, none, ...space] : [none, ...space, none];
  return graph.add(
    name(),
    'Pad',
    [inputs[0]!, graph.integers(name('paddings'), table)],
    [null, ...node.outputs[0]!.shape],
  );
};

const cropping: Writer = ({ graph, inputs, config, name, node }) => {
  const [[top, bottom], [left, right]] = borders(config.cropping ?? 0) as [
    [number, number],
    [number, number],
  ];
  const around = (space: readonly number[], other: number) =>
    isChannelsFirst(config) ? [other, other, ...space] : [other, ...space, other];
  const begin = graph.integers(name('begin'), around([top, left], 0));
  const end = graph.integers(name('end'), around([-bottom, -right], 0));
  const strides = graph.integers(name('strides'), [1, 1, 1, 1]);
  // A bit for each axis that goes to its end.
  const open = around([bottom === 0 ? 1 : 0, right === 0 ? 1 : 0], 1);
  const mask = open.reduce((sum, bit, axis) => sum + bit * 2 ** axis, 0);
  return graph.add(
    name(),
    'StridedSlice',
    [inputs[0]!, begin, end, strides],
    [null, ...node.outputs[0]!.shape],
    {
      begin_mask: integer(0),
      end_mask: integer(mask),
      ellipsis_mask: integer(0),
      new_axis_mask: integer(0),
      shrink_axis_mask: integer(0),
    },
  );
};

/** `[[top, bottom], [left, right]]` from a number, a pair or that. */
function borders(value: unknown): number[][] {
  const axes = typeof value === 'number' ? [value, value] : (value as (number | number[])[]);
  return axes.map((axis) => (typeof axis === 'number' ? [axis, axis] : axis));
}

const upSampling: Writer = ({ graph, inputs, config, name, node }) => {
  if (isChannelsFirst(config)) throw withoutOperation(node, ' of channels first');
  const [height, width] = node.outputs[0]!.shape;
  if (height === null || width === null || height === undefined || width === undefined) {
    throw withoutOperation(node, ' of an open length');
  }
  const bilinear = config.interpolation === 'bilinear';
  const op = bilinear ? 'ResizeBilinear' : 'ResizeNearestNeighbor';
  return graph.add(
    name(),
    op,
    [inputs[0]!, graph.integers(name('size'), [height, width])],
    [null, ...node.outputs[0]!.shape],
    {
      align_corners: boolean(false),
      half_pixel_centers: boolean(false),
    },
  );
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

const batchNormalization: Writer = ({ graph, inputs, weights, config, name }) => {
  const [input] = inputs;
  const left = [...weights];
  const gamma = config.scale === false ? undefined : left.shift();
  const beta = config.center === false ? undefined : left.shift();
  const [mean, variance] = left;
  const epsilon = Number(config.epsilon ?? 1e-3);
  const channels = mean!.data.length;
  const scale = Float64Array.from(
    { length: channels },
    (_, channel) => (gamma?.data[channel] ?? 1) / Math.sqrt(variance!.data[channel]! + epsilon),
  );
  const shift = Float64Array.from(
    { length: channels },
    (_, channel) => (beta?.data[channel] ?? 0) - mean!.data[channel]! * scale[channel]!,
  );
  const rank = input!.shape.length;
  const given = [config.axis ?? -1].flat()[0] as number;
  const axis = given < 0 ? given + rank : given;
  const shape =
    axis === rank - 1 ? [channels] : input!.shape.slice(1).map((_, at) => (at + 1 === axis ? channels : 1));
  const scaled = graph.add(
    name('mul'),
    'Mul',
    [input!, graph.weight(name('scale'), { shape, data: scale })],
    input!.shape,
  );
  return graph.add(
    name(),
    'AddV2',
    [scaled, graph.weight(name('shift'), { shape, data: shift })],
    input!.shape,
  );
};

const layerNormalization: Writer = ({ graph, inputs, weights, config, name }) => {
  const [input] = inputs;
  const rank = input!.shape.length;
  const axes = [config.axis ?? -1]
    .flat()
    .map((axis) => (Number(axis) < 0 ? Number(axis) + rank : Number(axis)));
  const left = [...weights];
  const gamma = config.scale === false ? undefined : left.shift();
  const beta = config.center === false ? undefined : left.shift();
  const kept = input!.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const mean = (suffix: string, of: GraphTensor) =>
    graph.add(name(suffix), 'Mean', [of, graph.integers(name(`${suffix}/axis`), axes)], kept, {
      keep_dims: boolean(true),
    });
  const center = mean('mean', input!);
  const variance = mean(
    'variance',
    graph.add(name('squares'), 'SquaredDifference', [input!, center], input!.shape),
  );
  const epsilon = graph.weight(name('epsilon'), { shape: [], data: [Number(config.epsilon ?? 1e-3)] });
  const inverse = graph.add(
    name('rsqrt'),
    'Rsqrt',
    [graph.add(name('add'), 'AddV2', [variance, epsilon], kept)],
    kept,
  );
  let output = graph.add(name('sub'), 'Sub', [input!, center], input!.shape);
  output = graph.add(name('mul'), 'Mul', [output, inverse], input!.shape);
  const shape = input!.shape.slice(1).map((length, at) => (axes.includes(at + 1) ? Number(length) : 1));
  if (gamma)
    output = graph.add(
      name('scaled'),
      'Mul',
      [output, graph.weight(name('gamma'), { shape, data: gamma.data })],
      input!.shape,
    );
  if (beta)
    output = graph.add(
      name('shifted'),
      'AddV2',
      [output, graph.weight(name('beta'), { shape, data: beta.data })],
      input!.shape,
    );
  return output;
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
  Masking: ({ node }) => {
    throw withoutOperation(node);
  },
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
