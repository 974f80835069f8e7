import { activate, mapElements, type NdArray, reshape, sizeOf } from '@fuseinit/core';
import {
  addBias,
  at,
  axisOf,
  build,
  channelsToFirst,
  channelsToLast,
  concatenate,
  stack,
  take,
  transpose,
  zip,
} from './arrays.js';
import { alignedCorners, changeBorders, fromFirstPixel, resizeBilinear, resizeNearest } from './images.js';
import { type Config, margins, type PlainLayer, perAxis } from './layer-config.js';
import { normalizeBatch, normalizeLayer } from './normalization.js';
import {
  type Cell,
  convLstmCell,
  gruCell,
  lstmCell,
  runSteps,
  type Sequence,
  simpleRnnCell,
  stackCells,
} from './recurrent.js';
import { convolve, convolveDepthwise, convolveTransposed, pool, type SlidingWindow } from './windows.js';

/** What a layer reads: its inputs, its weights as `getWeights` gives them, and what of a sequence counts. */
interface Call {
  readonly config: Config;
  readonly inputs: readonly NdArray[];
  readonly weights: readonly NdArray[];
  readonly mask: NdArray | undefined;
}

type Layer = (call: Call) => readonly NdArray[];

/**
 * What a layer of tfjs-layers computes at inference, in float64, from its definition and not by any code of
 * TensorFlow.js.
 *
 * It is tfjs-layers' own definition, where that isn't Keras's: the sweep compares backends with what the layers ask of
 * them.
 *
 * @throws Error for a class that isn't known here.
 */
export function layerOutputs(
  { className, config }: PlainLayer,
  inputs: readonly NdArray[],
  weights: readonly NdArray[],
  mask?: NdArray,
): readonly NdArray[] {
  const layer = layers[className];
  if (!layer) throw new Error(`The reference knows no layer ${className}.`);
  return layer({ config, inputs, weights, mask });
}

/** The classes that {@link layerOutputs} knows. */
export const referenceClasses = (): readonly string[] => Object.keys(layers);

/** A layer of one input and one output. */
const one =
  (compute: (input: NdArray, config: Config, weights: readonly NdArray[]) => NdArray): Layer =>
  ({ inputs, config, weights }) => [compute(inputs[0]!, config, weights)];

const identity = one((input) => input);

const elementwise = (of: (value: number, config: Config) => number): Layer =>
  one((input, config) => mapElements(input, (value) => of(value, config)));

const merge =
  (combine: (values: readonly number[]) => number): Layer =>
  ({ inputs }) => {
    const rank = Math.max(...inputs.map(({ shape }) => shape.length));
    // An input of fewer axes is alike along those after the batch that it lacks.
    const alike = inputs.map((input) => {
      const lacking = Array.from({ length: rank - input.shape.length }, () => 1);
      return reshape(input, [input.shape[0]!, ...lacking, ...input.shape.slice(1)]);
    });
    return [zip(alike, combine)];
  };

const add = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** A layer whose channels may stand first. */
const onSpace = (compute: (input: NdArray, config: Config, weights: readonly NdArray[]) => NdArray): Layer =>
  one((input, config, weights) =>
    config.dataFormat === 'channelsFirst'
      ? channelsToFirst(compute(channelsToLast(input), config, weights))
      : compute(input, config, weights),
  );

function windowOf(config: Config, rank: number, size: unknown, strides: unknown = 1): SlidingWindow {
  return {
    size: perAxis(size, rank),
    strides: perAxis(config.strides ?? strides, rank),
    dilationRate: perAxis(config.dilationRate, rank),
    padding: (config.padding as 'same' | 'valid' | undefined) ?? 'valid',
  };
}

const activationOf = (config: Config) => (config.activation as string | undefined) ?? 'linear';

const convolution = (compute: (input: NdArray, kernel: NdArray, window: SlidingWindow) => NdArray): Layer =>
  onSpace((input, config, [kernel, bias]) => {
    const window = windowOf(config, input.shape.length - 2, config.kernelSize);
    return activate(addBias(compute(input, kernel!, window), bias), activationOf(config));
  });

const pooling = (kind: 'max' | 'average'): Layer =>
  onSpace((input, config) => {
    const size = config.poolSize ?? 2;
    return pool(input, windowOf(config, input.shape.length - 2, size, size), kind);
  });

/** The mean or the largest value over all axes between the batch and the channels. */
const globalPooling = (kind: 'max' | 'average'): Layer =>
  one((input, config) => {
    const last = config.dataFormat === 'channelsFirst' ? channelsToLast(input) : input;
    const space = last.shape.slice(1, -1);
    const whole: SlidingWindow = {
      size: space,
      strides: space,
      dilationRate: space.map(() => 1),
      padding: 'valid',
    };
    return reshape(pool(last, whole, kind), [last.shape[0]!, last.shape.at(-1)!]);
  });

function dense(input: NdArray, kernel: NdArray, bias: NdArray | undefined): NdArray {
  const [inner, units] = kernel.shape;
  const rows = sizeOf(input.shape) / inner!;
  const product = build([rows, units!], ([row, unit]) => {
    let sum = 0;
    for (let index = 0; index < inner!; index++)
      sum += input.data[row! * inner! + index]! * at(kernel, [index, unit!]);
    return sum;
  });
  return reshape(addBias(product, bias), [...input.shape.slice(0, -1), units!]);
}

/** The softmax over an axis, moved to the end for it. */
function softmax(input: NdArray, axis: number): NdArray {
  const along = axisOf(axis, input.shape.length);
  const axes = input.shape.map((_, index) => index);
  const toEnd = [...axes.toSpliced(along, 1), along];
  const back = axes.map((index) => toEnd.indexOf(index));
  return transpose(activate(transpose(input, toEnd), 'softmax'), back);
}

function dot([first, second]: readonly NdArray[], config: Config): NdArray {
  const axes = perAxis(config.axes, 2);
  const [a, b] = [first!, second!].map((array, index) => {
    const axis = axisOf(axes[index]!, array.shape.length);
    return { array: config.normalize ? unitLength(array, axis) : array, axis };
  }) as [{ array: NdArray; axis: number }, { array: NdArray; axis: number }];
  const ofFirst = a.array.shape.toSpliced(a.axis, 1).slice(1);
  const ofSecond = b.array.shape.toSpliced(b.axis, 1).slice(1);
  const shape = [a.array.shape[0]!, ...ofFirst, ...ofSecond];
  const result = build(shape, ([sample, ...rest]) => {
    const left = [sample!, ...rest.slice(0, ofFirst.length)];
    const right = [sample!, ...rest.slice(ofFirst.length)];
    let sum = 0;
    for (let index = 0; index < a.array.shape[a.axis]!; index++)
      sum += at(a.array, left.toSpliced(a.axis, 0, index)) * at(b.array, right.toSpliced(b.axis, 0, index));
    return sum;
  });
  return shape.length === 1 ? reshape(result, [shape[0]!, 1]) : result;
}

function unitLength(array: NdArray, axis: number): NdArray {
  return build(array.shape, (index) => {
    let squares = 0;
    for (let position = 0; position < array.shape[axis]!; position++)
      squares += at(array, index.with(axis, position)) ** 2;
    return at(array, index) / Math.sqrt(squares);
  });
}

/** Counts of the categories in each sample; 0 or 1 unless they are counted. */
function encodeCategories(input: NdArray, { numTokens, outputMode = 'multiHot' }: Config): NdArray {
  const each = outputMode === 'oneHot' && input.shape.at(-1) !== 1 ? [...input.shape, 1] : [...input.shape];
  const rows = reshape(input, [sizeOf(each.slice(0, -1)), each.at(-1)!]);
  const encoded = build([rows.shape[0]!, Number(numTokens)], ([row, token]) => {
    const found = Array.from({ length: rows.shape[1]! }, (_, index) => at(rows, [row!, index]));
    const count = found.filter((category) => category === token).length;
    return outputMode === 'count' ? count : Math.min(count, 1);
  });
  return reshape(encoded, [...each.slice(0, -1), Number(numTokens)]);
}

/** tfjs-layers crops by sampling: its columns begin at 1 where half of what is cut off rounds to 0. */
function centerCrop(input: NdArray, config: Config): NdArray {
  const [height, width] = [Number(config.height), Number(config.width)];
  const [rows, columns] = [input.shape[1]!, input.shape[2]!];
  const [top, left] = [Math.floor((rows - height) / 2), Math.floor((columns - width) / 2)];
  if (top < 0 || left < 0) return resizeBilinear(input, [height, width], fromFirstPixel);
  const start = columns === width ? 0 : left || 1;
  const from = (first: number, length: number, of: number) => (output: number) =>
    (first / of) * (of - 1) + (length > 1 ? (output * (length / of) * (of - 1)) / (length - 1) : 0);
  const row = from(top, height, rows);
  const column = from(start, width, columns);
  return build([input.shape[0]!, height, width, input.shape[3]!], ([sample, y, x, channel]) => {
    const at_ = [Math.round(row(y!)), Math.round(column(x!))] as const;
    const inside = row(y!) <= rows - 1 && column(x!) <= columns - 1;
    return inside ? at(input, [sample!, ...at_, channel!]) : 0;
  });
}

function cellOf({ className, config }: PlainLayer, weights: readonly NdArray[]): Cell {
  const activation = (config.activation as string | undefined) ?? 'tanh';
  const gates = {
    activation,
    recurrentActivation: (config.recurrentActivation as string | undefined) ?? 'hardSigmoid',
  };
  switch (className) {
    case 'SimpleRNN':
    case 'SimpleRNNCell':
      return simpleRnnCell(weights, activation);
    case 'GRU':
    case 'GRUCell':
      return gruCell(weights, gates);
    case 'LSTM':
    case 'LSTMCell':
      return lstmCell(weights, gates);
    case 'ConvLSTM2D':
    case 'ConvLSTM2DCell':
      return convLstmCell(weights, gates, windowOf(config, 2, config.kernelSize));
    default: {
      const cells = config.cells as readonly PlainLayer[];
      const each = weights.length / cells.length;
      return stackCells(
        cells.map((cell, index) => cellOf(cell, weights.slice(index * each, (index + 1) * each))),
      );
    }
  }
}

const recurrent =
  (className: string): Layer =>
  ({ config, inputs, weights, mask }) =>
    runSteps(cellOf({ className, config }, weights), inputs[0]!, config as Sequence, mask);

const bidirectional: Layer = ({ config, inputs, weights, mask }) => {
  const { className, config: inner } = config.layer as PlainLayer;
  const half = weights.length / 2;
  const run = (backwards: boolean, own: readonly NdArray[]) =>
    layerOutputs({ className, config: { ...inner, goBackwards: backwards } }, inputs, own, mask);
  const [forward, ...forwardStates] = run(inner.goBackwards === true, weights.slice(0, half));
  const [turned, ...backwardStates] = run(inner.goBackwards !== true, weights.slice(half));
  const steps = inputs[0]!.shape[1]!;
  const backward = inner.returnSequences
    ? stack(
        Array.from({ length: steps }, (_, step) => take(turned!, 1, steps - 1 - step)),
        1,
      )
    : turned!;
  const { mergeMode = 'concat' } = config;
  const pair = [forward!, backward];
  const states = [...forwardStates, ...backwardStates];
  if (mergeMode === null) return [...pair, ...states];
  if (mergeMode === 'concat') return [concatenate(pair, forward!.shape.length - 1), ...states];
  const modes: Record<string, (values: readonly number[]) => number> = {
    sum: add,
    ave: (values) => add(values) / 2,
    mul: ([a, b]) => a! * b!,
  };
  return [zip(pair, modes[mergeMode as string]!), ...states];
};

const timeDistributed: Layer = ({ config, inputs, weights }) => {
  const [input] = inputs;
  const steps = Array.from({ length: input!.shape[1]! }, (_, step) => take(input!, 1, step));
  return [
    stack(
      steps.map((step) => layerOutputs(config.layer as PlainLayer, [step], weights)[0]!),
      1,
    ),
  ];
};

const layers: Readonly<Record<string, Layer>> = {
  Activation: one((input, config) => activate(input, activationOf(config))),
  ReLU: elementwise((value, { maxValue }) => Math.min(Math.max(0, value), Number(maxValue ?? Infinity))),
  LeakyReLU: elementwise((value, { alpha = 0.3 }) => (value > 0 ? value : value * Number(alpha))),
  ELU: elementwise((value, { alpha }) => (value > 0 ? value : Number(alpha ?? 1) * Math.expm1(value))),
  ThresholdedReLU: elementwise((value, { theta = 1 }) => (value > Number(theta) ? value : 0)),
  PReLU: one((input, _, [alpha]) => {
    const whole = reshape(alpha!, [1, ...alpha!.shape]);
    return zip([input, whole], ([value, slope]) => (value! > 0 ? value! : value! * slope!));
  }),
  Softmax: one((input, { axis }) => softmax(input, Number(axis ?? 1))),
  Dense: one((input, config, [kernel, bias]) => activate(dense(input, kernel!, bias), activationOf(config))),
  Conv1D: convolution(convolve),
  Conv2D: convolution(convolve),
  Conv3D: convolution(convolve),
  DepthwiseConv2D: convolution(convolveDepthwise),
  Conv2DTranspose: convolution(convolveTransposed),
  Conv3DTranspose: convolution(convolveTransposed),
  SeparableConv2D: onSpace((input, config, [depthwise, pointwise, bias]) => {
    const apart = convolveDepthwise(input, depthwise!, windowOf(config, 2, config.kernelSize));
    const kernel = reshape(pointwise!, pointwise!.shape.slice(2));
    return activate(dense(apart, kernel, bias), activationOf(config));
  }),
  MaxPooling1D: pooling('max'),
  MaxPooling2D: pooling('max'),
  MaxPooling3D: pooling('max'),
  AveragePooling1D: pooling('average'),
  AveragePooling2D: pooling('average'),
  AveragePooling3D: pooling('average'),
  GlobalMaxPooling1D: globalPooling('max'),
  GlobalMaxPooling2D: globalPooling('max'),
  GlobalAveragePooling1D: globalPooling('average'),
  GlobalAveragePooling2D: globalPooling('average'),
  Cropping2D: onSpace((input, { cropping }) => {
    const [rows, columns] = margins(cropping);
    return changeBorders(input, [
      [-rows[0], -rows[1]],
      [-columns[0], -columns[1]],
    ]);
  }),
  ZeroPadding2D: onSpace((input, { padding }) => changeBorders(input, margins(padding ?? 1))),
  UpSampling2D: onSpace((input, { size, interpolation = 'nearest' }) => {
    const [rows, columns] = perAxis(size, 2, 2);
    const target = [input.shape[1]! * rows!, input.shape[2]! * columns!] as const;
    return interpolation === 'nearest'
      ? resizeNearest(input, target, fromFirstPixel, Math.floor)
      : resizeBilinear(input, target, fromFirstPixel);
  }),
  Resizing: one((input, { height, width, interpolation = 'bilinear', cropToAspectRatio = false }) => {
    const target = [Number(height), Number(width)] as const;
    const sampling = cropToAspectRatio ? fromFirstPixel : alignedCorners;
    return interpolation === 'nearest'
      ? resizeNearest(input, target, sampling, cropToAspectRatio ? Math.floor : Math.round)
      : resizeBilinear(input, target, sampling);
  }),
  CenterCrop: one(centerCrop),
  Rescaling: elementwise((value, { scale, offset = 0 }) => value * Number(scale) + Number(offset)),
  CategoryEncoding: one(encodeCategories),
  Flatten: one((input, { dataFormat }) => {
    const last = dataFormat === 'channelsFirst' ? channelsToLast(input) : input;
    return reshape(last, [last.shape[0]!, sizeOf(last.shape.slice(1))]);
  }),
  Reshape: one((input, { targetShape }) => {
    const target = targetShape as readonly number[];
    const known = Math.abs(sizeOf(target));
    const size = sizeOf(input.shape.slice(1));
    return reshape(input, [
      input.shape[0]!,
      ...target.map((length) => (length === -1 ? size / known : length)),
    ]);
  }),
  Permute: one((input, { dims }) => transpose(input, [0, ...(dims as readonly number[])])),
  RepeatVector: one((input, { n }) =>
    stack(
      Array.from({ length: Number(n) }, () => input),
      1,
    ),
  ),
  Masking: one((input, { maskValue = 0 }) => {
    const counts = maskOf({ className: 'Masking', config: { maskValue } }, input)!;
    return build(input.shape, (index) => at(input, index) * at(counts, index.slice(0, -1)));
  }),
  Embedding: one((input, _, [table]) =>
    build([...input.shape, table!.shape[1]!], (index) =>
      at(table!, [at(input, index.slice(0, -1)), index.at(-1)!]),
    ),
  ),
  BatchNormalization: one((input, { axis, scale, center, epsilon }, weights) => {
    const left = [...weights];
    const gamma = scale === false ? undefined : left.shift();
    const beta = center === false ? undefined : left.shift();
    const [mean, variance] = left;
    const scaling = { gamma, beta, epsilon: Number(epsilon ?? 1e-3) };
    return normalizeBatch(input, Number(axis ?? -1), { mean: mean!, variance: variance! }, scaling);
  }),
  LayerNormalization: one((input, { axis, scale, center, epsilon }, weights) => {
    const left = [...weights];
    const gamma = scale === false ? undefined : left.shift();
    const beta = center === false ? undefined : left.shift();
    const axes = [axis ?? -1].flat() as number[];
    return normalizeLayer(input, axes, { gamma, beta, epsilon: Number(epsilon ?? 1e-3) });
  }),
  Dropout: identity,
  SpatialDropout1D: identity,
  AlphaDropout: identity,
  GaussianDropout: identity,
  GaussianNoise: identity,
  Add: merge(add),
  Average: merge((values) => add(values) / values.length),
  Multiply: merge((values) => values.reduce((product, value) => product * value, 1)),
  Maximum: merge((values) => Math.max(...values)),
  Minimum: merge((values) => Math.min(...values)),
  Concatenate: ({ inputs, config }) => [
    concatenate(inputs, axisOf(Number(config.axis ?? -1), inputs[0]!.shape.length)),
  ],
  Dot: ({ inputs, config }) => [dot(inputs, config)],
  SimpleRNN: recurrent('SimpleRNN'),
  GRU: recurrent('GRU'),
  LSTM: recurrent('LSTM'),
  ConvLSTM2D: (call) => {
    const { config, inputs } = call;
    if (config.dataFormat !== 'channelsFirst') return recurrent('ConvLSTM2D')(call);
    const last = transpose(inputs[0]!, [0, 1, 3, 4, 2]);
    const outputs = recurrent('ConvLSTM2D')({ ...call, inputs: [last] });
    return outputs.map((output) =>
      output.shape.length === 5 ? transpose(output, [0, 1, 4, 2, 3]) : channelsToFirst(output),
    );
  },
  RNN: ({ config, inputs, weights, mask }) =>
    runSteps(cellOf(config.cell as PlainLayer, weights), inputs[0]!, config as Sequence, mask),
  Bidirectional: bidirectional,
  TimeDistributed: timeDistributed,
};

/** Which steps of a sequence count after a layer that tells, 1 or 0 for each of [batch, steps]. */
export function maskOf({ className, config }: PlainLayer, input: NdArray): NdArray | undefined {
  if (className === 'Embedding' && config.maskZero === true)
    return mapElements(input, (value) => (value === 0 ? 0 : 1));
  if (className !== 'Masking') return undefined;
  const maskValue = Number(config.maskValue ?? 0);
  const features = input.shape.at(-1)!;
  return build(input.shape.slice(0, -1), (index) =>
    Array.from({ length: features }, (_, feature) => at(input, [...index, feature])).some(
      (value) => value !== maskValue,
    )
      ? 1
      : 0,
  );
}
