import type { layers, SymbolicTensor } from '@tensorflow/tfjs';
import { tf } from './seeded-models.js';

type Layer = layers.Layer;

/**
 * Samples, steps and features are as many, so that a mask of [samples, steps] broadcasts wherever tfjs
 * multiplies with it: what it then computes is odd, but it computes.
 */
export const samples = 4;
const steps = 4;
const features = 4;

type Apply = (x: SymbolicTensor) => SymbolicTensor;
type Config = Record<string, unknown>;
const apply = (layer: Layer, input: SymbolicTensor | SymbolicTensor[]) =>
  layer.apply(input) as SymbolicTensor;
const make = (factory: (config: never) => unknown, config: Config = {}): Apply => {
  return (x) => apply(factory(config as never) as Layer, x);
};
const twice = (factory: (config: never) => unknown, config: Config = {}): Apply => {
  return (x) => apply(factory(config as never) as Layer, [x, apply(tf.layers.dense({ units: features }), x)]);
};

/**
 * Every layer class of tfjs-layers that computes the same each time, after the kind of input that it reads.
 */
export const layerClasses: Readonly<
  Record<'sequence' | 'image' | 'volume' | 'vector', Record<string, Apply>>
> = {
  sequence: {
    ReLU: make(tf.layers.reLU),
    LeakyReLU: make(tf.layers.leakyReLU),
    PReLU: make(tf.layers.prelu),
    ELU: make(tf.layers.elu),
    ThresholdedReLU: make(tf.layers.thresholdedReLU),
    Softmax: make(tf.layers.softmax, { axis: -1 }),
    Activation: make(tf.layers.activation, { activation: 'tanh' }),
    Dense: make(tf.layers.dense, { units: features, activation: 'relu' }),
    Dropout: make(tf.layers.dropout, { rate: 0.5 }),
    SpatialDropout1D: make(tf.layers.spatialDropout1d, { rate: 0.5 }),
    GaussianNoise: make(tf.layers.gaussianNoise, { stddev: 1 }),
    GaussianDropout: make(tf.layers.gaussianDropout, { rate: 0.5 }),
    AlphaDropout: make(tf.layers.alphaDropout, { rate: 0.5 }),
    BatchNormalization: make(tf.layers.batchNormalization),
    LayerNormalization: make(tf.layers.layerNormalization),
    Masking: make(tf.layers.masking),
    Reshape: make(tf.layers.reshape, { targetShape: [steps, features] }),
    Permute: make(tf.layers.permute, { dims: [2, 1] }),
    Flatten: make(tf.layers.flatten),
    Conv1D: make(tf.layers.conv1d, { filters: features, kernelSize: 3, padding: 'same', activation: 'elu' }),
    MaxPooling1D: make(tf.layers.maxPooling1d),
    AveragePooling1D: make(tf.layers.averagePooling1d),
    GlobalAveragePooling1D: make(tf.layers.globalAveragePooling1d),
    GlobalMaxPooling1D: make(tf.layers.globalMaxPooling1d),
    SimpleRNN: make(tf.layers.simpleRNN, { units: features, returnSequences: true }),
    GRU: make(tf.layers.gru, { units: features, returnSequences: true, goBackwards: true }),
    LSTM: make(tf.layers.lstm, { units: features }),
    RNN: (x) => {
      const cell = ['lstmCell', 'gruCell'].map((name) => tf.layers[name as 'gruCell']({ units: features }));
      return apply(tf.layers.rnn({ cell, returnSequences: true }), x);
    },
    Bidirectional: (x) => {
      const layer = tf.layers.gru({ units: 2, returnSequences: true }) as never;
      return apply(tf.layers.bidirectional({ layer, mergeMode: 'concat' }), x);
    },
    TimeDistributed: (x) =>
      apply(tf.layers.timeDistributed({ layer: tf.layers.dense({ units: features }) }), x),
    Add: twice(tf.layers.add),
    Multiply: twice(tf.layers.multiply),
    Average: twice(tf.layers.average),
    Maximum: twice(tf.layers.maximum),
    Minimum: twice(tf.layers.minimum),
    Concatenate: twice(tf.layers.concatenate),
    Dot: twice(tf.layers.dot, { axes: 2 }),
  },
  image: {
    Conv2D: make(tf.layers.conv2d, { filters: 3, kernelSize: 3, activation: 'relu' }),
    Conv2DTranspose: make(tf.layers.conv2dTranspose, { filters: 3, kernelSize: 3, activation: 'tanh' }),
    SeparableConv2D: make(tf.layers.separableConv2d, { filters: 3, kernelSize: 3, activation: 'relu' }),
    DepthwiseConv2D: make(tf.layers.depthwiseConv2d, { kernelSize: 3, activation: 'relu' }),
    Cropping2D: make(tf.layers.cropping2D, {
      cropping: [
        [1, 0],
        [0, 2],
      ],
    }),
    UpSampling2D: make(tf.layers.upSampling2d, { size: [2, 2] }),
    ZeroPadding2D: make(tf.layers.zeroPadding2d),
    MaxPooling2D: make(tf.layers.maxPooling2d),
    AveragePooling2D: make(tf.layers.averagePooling2d),
    GlobalAveragePooling2D: make(tf.layers.globalAveragePooling2d, {}),
    GlobalMaxPooling2D: make(tf.layers.globalMaxPooling2d, {}),
    Rescaling: make(tf.layers.rescaling, { scale: 0.5, offset: 1 }),
    // It writes the shape that it gives over the one that it reads, for which the model's own input would be
    // refused.
    CenterCrop: (x) =>
      make(tf.layers.centerCrop, { height: 2, width: 2 })(
        make(tf.layers.conv2d, { filters: 3, kernelSize: 1 })(x),
      ),
  },
  volume: {
    Conv3D: make(tf.layers.conv3d, { filters: 2, kernelSize: 2, activation: 'relu' }),
    Conv3DTranspose: make(tf.layers.conv3dTranspose, { filters: 2, kernelSize: 2 }),
    MaxPooling3D: make(tf.layers.maxPooling3d),
    AveragePooling3D: make(tf.layers.averagePooling3d),
    ConvLSTM2D: make(tf.layers.convLstm2d, { filters: 2, kernelSize: 2 }),
  },
  vector: {
    Embedding: make(tf.layers.embedding, { inputDim: 5, outputDim: features, maskZero: true }),
    RepeatVector: make(tf.layers.repeatVector, { n: 3 }),
    // Of the same width, since it writes that over the shape of its input.
    CategoryEncoding: make(tf.layers.categoryEncoding, { numTokens: steps, outputMode: 'multiHot' }),
  },
};

export const inputShapes: Readonly<Record<string, readonly number[]>> = {
  sequence: [steps, features],
  image: [5, 5, 3],
  volume: [3, 3, 3, 2],
  vector: [steps],
};
