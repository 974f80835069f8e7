import type { LayerPlugin } from '@fuseinit/core';
import { activation } from './layers/activation.js';
import { averagePooling1d } from './layers/average-pooling1d.js';
import { averagePooling2d } from './layers/average-pooling2d.js';
import { batchNormalization } from './layers/batch-normalization.js';
import { conv1d } from './layers/conv1d.js';
import { conv2d } from './layers/conv2d.js';
import { cropping2d } from './layers/cropping2d.js';
import { dense } from './layers/dense.js';
import { depthwiseConv2d } from './layers/depthwise-conv2d.js';
import { dropout } from './layers/dropout.js';
import { elu } from './layers/elu.js';
import { flatten } from './layers/flatten.js';
import { globalAveragePooling1d } from './layers/global-average-pooling1d.js';
import { globalAveragePooling2d } from './layers/global-average-pooling2d.js';
import { globalMaxPooling1d } from './layers/global-max-pooling1d.js';
import { globalMaxPooling2d } from './layers/global-max-pooling2d.js';
import { leakyRelu } from './layers/leaky-relu.js';
import { maxPooling1d } from './layers/max-pooling1d.js';
import { maxPooling2d } from './layers/max-pooling2d.js';
import { prelu } from './layers/prelu.js';
import { recurrent } from './layers/recurrent.js';
import { relu } from './layers/relu.js';
import { separableConv2d } from './layers/separable-conv2d.js';
import { softmax } from './layers/softmax.js';
import { thresholdedRelu } from './layers/thresholded-relu.js';
import { zeroPadding2d } from './layers/zero-padding2d.js';

/** The layers of tfjs-layers that fusion knows, as plain plugins. */
export const builtinLayers: readonly LayerPlugin[] = [
  activation,
  averagePooling1d,
  averagePooling2d,
  batchNormalization,
  conv1d,
  conv2d,
  cropping2d,
  dense,
  depthwiseConv2d,
  dropout,
  elu,
  flatten,
  globalAveragePooling1d,
  globalAveragePooling2d,
  globalMaxPooling1d,
  globalMaxPooling2d,
  leakyRelu,
  maxPooling1d,
  maxPooling2d,
  prelu,
  recurrent,
  relu,
  separableConv2d,
  softmax,
  thresholdedRelu,
  zeroPadding2d,
];
