import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs';
import { seeded, seedWeights, tf } from './seeded-models.js';

type Layer = layers.Layer;

const L = tf.layers;
const l2 = () => tf.regularizers.l2({ l2: 0.5 });
const all = (...names: string[]) => ({
  ...Object.fromEntries(names.map((name) => [`${name}Regularizer`, l2()])),
  ...Object.fromEntries(names.map((name) => [`${name}Constraint`, 'nonNeg'])),
  ...Object.fromEntries(names.map((name) => [`${name}Initializer`, 'heUniform'])),
});
const rnn = { units: 3, ...all('kernel', 'recurrent', 'bias'), recurrentInitializer: 'glorotUniform' };
/** An activation that has parameters, as Keras writes one. */
export const leaky = { className: 'LeakyReLU', config: { alpha: 0.01 } } as never;

type Case = readonly [className: string, setting: string, make: () => unknown, ...inputShapes: number[][]];

/**
 * Every class of tfjs-layers that can stand in a model, in settings that other layers of its class don't
 * have.
 */
const table: readonly Case[] = [
  ['ReLU', 'maxValue', () => L.reLU({ maxValue: 0.5 }), [4]],
  ['LeakyReLU', 'alpha', () => L.leakyReLU({ alpha: 0.05 }), [4]],
  ['PReLU', 'shared axes', () => L.prelu({ sharedAxes: [1], ...all('alpha') } as never), [5, 3]],
  ['ELU', 'plain', () => L.elu(), [4]],
  ['ThresholdedReLU', 'theta', () => L.thresholdedReLU({ theta: 0.3 }), [4]],
  [
    'Conv1D',
    'strided',
    () => L.conv1d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
    [7, 2],
  ],
  [
    'Conv1D',
    'dilated',
    () => L.conv1d({ filters: 3, kernelSize: 2, dilationRate: 2, activation: 'tanh' }),
    [7, 2],
  ],
  [
    'Conv2D',
    'stride longer than the kernel',
    () => L.conv2d({ filters: 3, kernelSize: [2, 1], strides: 3, padding: 'same', activation: 'elu' }),
    [5, 6, 2],
  ],
  [
    'Conv2DTranspose',
    'strided',
    () =>
      L.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'sigmoid' }),
    [3, 4, 2],
  ],
  ['Reshape', 'known lengths', () => L.reshape({ targetShape: [4, 2, 1] }), [2, 4]],
  ['Softmax', 'axis', () => L.softmax({ axis: -1 }), [3, 4]],
  [
    'Conv2D',
    'all',
    () =>
      L.conv2d({
        filters: 3,
        kernelSize: [2, 3],
        strides: [2, 1],
        padding: 'same',
        ...all('kernel', 'bias'),
      } as never),
    [6, 5, 2],
  ],
  [
    'Conv2D',
    'dilated, channels first, no bias',
    () =>
      L.conv2d({
        filters: 3,
        kernelSize: 2,
        dilationRate: [2, 1],
        useBias: false,
        dataFormat: 'channelsFirst',
      }),
    [2, 6, 5],
  ],
  [
    'Conv3D',
    'all',
    () => L.conv3d({ filters: 2, kernelSize: 2, ...all('kernel', 'bias') } as never),
    [3, 4, 3, 2],
  ],
  [
    'Conv2DTranspose',
    'dilated',
    () =>
      L.conv2dTranspose({
        filters: 3,
        kernelSize: 3,
        dilationRate: 2,
        strides: 2,
        ...all('kernel'),
      } as never),
    [4, 4, 2],
  ],
  [
    'Conv3DTranspose',
    'strided',
    () => L.conv3dTranspose({ filters: 2, kernelSize: 2, strides: 2 }),
    [2, 2, 2, 2],
  ],
  [
    'SeparableConv2D',
    'depthMultiplier',
    () =>
      L.separableConv2d({
        filters: 3,
        kernelSize: 2,
        depthMultiplier: 2,
        activation: 'tanh',
        ...all('depthwise', 'pointwise', 'bias'),
      } as never),
    [5, 5, 2],
  ],
  [
    'Conv1D',
    'causal',
    () => L.conv1d({ filters: 3, kernelSize: 3, padding: 'causal', ...all('kernel') } as never),
    [7, 2],
  ],
  [
    'Conv1D',
    'channels first',
    () => L.conv1d({ filters: 3, kernelSize: 3, dataFormat: 'channelsFirst' } as never),
    [2, 7],
  ],
  [
    'Cropping2D',
    'asymmetric',
    () =>
      L.cropping2D({
        cropping: [
          [1, 0],
          [0, 2],
        ],
      }),
    [6, 6, 2],
  ],
  ['UpSampling2D', 'bilinear', () => L.upSampling2d({ size: [2, 3], interpolation: 'bilinear' }), [3, 3, 2]],
  [
    'DepthwiseConv2D',
    'regularizer alone',
    () => L.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, depthwiseRegularizer: l2() } as never),
    [5, 5, 2],
  ],
  [
    'DepthwiseConv2D',
    'dilated, which tfjs-layers computes without',
    () => L.depthwiseConv2d({ kernelSize: 2, dilationRate: [2, 1] }),
    [5, 5, 2],
  ],
  [
    'DepthwiseConv2D',
    'constraint alone',
    () => L.depthwiseConv2d({ kernelSize: 3, depthwiseConstraint: 'nonNeg' } as never),
    [5, 5, 2],
  ],
  [
    'RNN',
    'a cell',
    () => L.rnn({ cell: L.lstmCell({ ...rnn, unitForgetBias: true } as never) as never }),
    [4, 2],
  ],
  [
    'RNN',
    'stacked cells, one with an activation of parameters',
    () =>
      L.rnn({
        cell: [L.simpleRNNCell({ units: 3, activation: leaky }), L.gruCell(rnn as never)] as never,
        returnSequences: true,
      }),
    [4, 2],
  ],
  ['SimpleRNN', 'all', () => L.simpleRNN({ ...rnn, goBackwards: true, dropout: 0.2 } as never), [4, 2]],
  ['SimpleRNN', 'an activation of parameters', () => L.simpleRNN({ units: 3, activation: leaky }), [4, 2]],
  [
    'GRU',
    'all',
    () => L.gru({ ...rnn, recurrentActivation: 'sigmoid', recurrentDropout: 0.1 } as never),
    [4, 2],
  ],
  ['LSTM', 'all', () => L.lstm({ ...rnn, unitForgetBias: true, returnSequences: true } as never), [4, 2]],
  [
    'ConvLSTM2D',
    'all',
    () =>
      L.convLstm2d({
        filters: 2,
        kernelSize: 2,
        padding: 'same',
        returnSequences: true,
        ...all('kernel'),
      } as never),
    [3, 4, 4, 1],
  ],
  ['Dropout', 'seed', () => L.dropout({ rate: 0.3, seed: 7, noiseShape: [1, 4] }), [4]],
  ['SpatialDropout1D', 'seed', () => L.spatialDropout1d({ rate: 0.3, seed: 7 }), [3, 4]],
  ['Dense', 'all', () => L.dense({ units: 3, activation: 'selu', ...all('kernel', 'bias') } as never), [4]],
  ['Dense', 'an activation of parameters', () => L.dense({ units: 3, activation: leaky }), [4]],
  ['Flatten', 'channels first', () => L.flatten({ dataFormat: 'channelsFirst' }), [2, 3, 4]],
  ['Activation', 'named', () => L.activation({ activation: 'hardSigmoid' }), [4]],
  ['Activation', 'of parameters', () => L.activation({ activation: leaky }), [4]],
  ['RepeatVector', 'n', () => L.repeatVector({ n: 3 }), [4]],
  ['Reshape', 'an unknown length', () => L.reshape({ targetShape: [-1, 2] }), [2, 4]],
  ['Permute', 'dims', () => L.permute({ dims: [2, 1] }), [2, 4]],
  ['Masking', 'maskValue', () => L.masking({ maskValue: 0.5 }), [3, 2]],
  [
    'Embedding',
    'all',
    () =>
      L.embedding({
        inputDim: 9,
        outputDim: 3,
        maskZero: true,
        inputShape: [4],
        ...all('embeddings'),
      } as never),
    [4],
  ],
  ['Add', 'plain', () => L.add(), [3], [3]],
  ['Multiply', 'plain', () => L.multiply(), [3], [3]],
  ['Average', 'plain', () => L.average(), [3], [3]],
  ['Maximum', 'plain', () => L.maximum(), [3], [3]],
  ['Minimum', 'plain', () => L.minimum(), [3], [3]],
  ['Concatenate', 'axis', () => L.concatenate({ axis: 1 }), [2, 3], [4, 3]],
  ['Dot', 'axes, normalised', () => L.dot({ axes: [1, 2], normalize: true }), [3, 2], [4, 3]],
  ['GaussianNoise', 'stddev', () => L.gaussianNoise({ stddev: 0.3 }), [4]],
  ['GaussianDropout', 'rate', () => L.gaussianDropout({ rate: 0.3 }), [4]],
  ['AlphaDropout', 'noiseShape', () => L.alphaDropout({ rate: 0.3, noiseShape: [1, 4] }), [4]],
  [
    'BatchNormalization',
    'all',
    () => L.batchNormalization({ momentum: 0.7, epsilon: 0.1, ...all('beta', 'gamma') } as never),
    [3, 4],
  ],
  [
    'BatchNormalization',
    'another axis, no scale',
    () => L.batchNormalization({ axis: 1, scale: false }),
    [3, 4],
  ],
  [
    'LayerNormalization',
    'several axes',
    () =>
      L.layerNormalization({ axis: [1, 2], epsilon: 0.1, gammaRegularizer: l2(), center: false } as never),
    [3, 4],
  ],
  [
    'ZeroPadding2D',
    'asymmetric',
    () =>
      L.zeroPadding2d({
        padding: [
          [1, 0],
          [0, 2],
        ],
      }),
    [3, 3, 2],
  ],
  ['MaxPooling1D', 'strided', () => L.maxPooling1d({ poolSize: 3, strides: 2, padding: 'same' }), [7, 2]],
  ['AveragePooling1D', 'strided', () => L.averagePooling1d({ poolSize: 3, strides: 2 }), [7, 2]],
  ['MaxPooling2D', 'strided', () => L.maxPooling2d({ poolSize: [2, 3], strides: [1, 2] }), [6, 6, 2]],
  ['AveragePooling2D', 'same', () => L.averagePooling2d({ poolSize: 2, padding: 'same' }), [5, 5, 2]],
  ['MaxPooling3D', 'strided', () => L.maxPooling3d({ poolSize: 2, strides: 1 }), [3, 3, 3, 1]],
  ['AveragePooling3D', 'strided', () => L.averagePooling3d({ poolSize: 2, strides: 1 }), [3, 3, 3, 1]],
  ['GlobalAveragePooling1D', 'plain', () => L.globalAveragePooling1d(), [4, 2]],
  ['GlobalMaxPooling1D', 'plain', () => L.globalMaxPooling1d(), [4, 2]],
  [
    'GlobalAveragePooling2D',
    'channels first',
    () => L.globalAveragePooling2d({ dataFormat: 'channelsFirst' }),
    [2, 4, 3],
  ],
  ['GlobalMaxPooling2D', 'plain', () => L.globalMaxPooling2d({}), [4, 3, 2]],
  [
    'TimeDistributed',
    'a layer that getConfig() tells wrongly',
    () =>
      L.timeDistributed({
        layer: L.separableConv2d({ filters: 2, kernelSize: 2, depthMultiplier: 3, activation: leaky }),
      }),
    [3, 4, 4, 2],
  ],
  [
    'TimeDistributed',
    'a model',
    () =>
      L.timeDistributed({
        layer: tf.sequential({
          layers: [
            L.depthwiseConv2d({ kernelSize: 2, depthwiseRegularizer: l2(), inputShape: [4, 4, 2] } as never),
            L.conv2d({ filters: 2, kernelSize: 2, activation: leaky }),
          ],
        }),
      }),
    [3, 4, 4, 2],
  ],
  [
    'Bidirectional',
    'an activation of parameters',
    () =>
      L.bidirectional({
        layer: L.simpleRNN({ ...rnn, activation: leaky, returnSequences: true } as never) as never,
        mergeMode: 'ave',
      }),
    [4, 2],
  ],
  [
    'Bidirectional',
    'backwards',
    () => L.bidirectional({ layer: L.lstm({ units: 2, goBackwards: true }) as never, mergeMode: 'concat' }),
    [4, 2],
  ],
  ['Rescaling', 'scale and offset', () => L.rescaling({ scale: 0.5, offset: 0.1 }), [4]],
  ['CenterCrop', 'height and width', () => L.centerCrop({ height: 2, width: 3 }), [4, 5, 1]],
  ['CategoryEncoding', 'oneHot', () => L.categoryEncoding({ numTokens: 9, outputMode: 'oneHot' }), [1]],
  ['Resizing', 'nearest', () => L.resizing({ height: 3, width: 2, interpolation: 'nearest' }), [4, 4, 1]],
];

export const layerSettings = table.map(
  ([className, setting, make, ...inputShapes]) => [className, setting, make, inputShapes] as const,
);

/** A model of one layer, whose inputs aren't those of the model. */
export function modelOf(make: () => unknown, inputShapes: readonly number[][]): LayersModel {
  const inputs = inputShapes.map((shape) => tf.input({ shape }));
  // Not the inputs themselves, since CenterCrop and CategoryEncoding change the shape of what they read.
  const read = inputs.map(
    (input, index) => L.reshape({ targetShape: [...inputShapes[index]!] }).apply(input) as SymbolicTensor,
  );
  const layer = make() as Layer;
  const output = layer.apply(read.length === 1 ? read[0]! : read) as SymbolicTensor;
  return seedWeights(tf.model({ inputs, outputs: output }), 5);
}

/** Samples for a model of a layer: whole numbers where it looks something up. */
export function inputsOf(
  className: string,
  inputShapes: readonly number[][],
): ReturnType<typeof tf.tensor>[] {
  const next = seeded(9);
  return inputShapes.map((shape) => {
    const batch = [2, ...shape];
    const size = batch.reduce((product, length) => product * length, 1);
    const whole = ['Embedding', 'CategoryEncoding'].includes(className);
    return tf.tensor(
      Float32Array.from({ length: size }, () => (whole ? Math.floor(4 * (1 + next())) : next())),
      batch,
    );
  });
}

/** All numbers that a model gives for them. */
export function predicted(model: LayersModel, className: string, inputShapes: readonly number[][]): number[] {
  return tf.tidy(() => {
    const inputs = inputsOf(className, inputShapes);
    const output = model.predict(inputs.length === 1 ? inputs[0]! : inputs);
    return [output].flat().flatMap((tensor) => Array.from(tensor.dataSync()));
  });
}
