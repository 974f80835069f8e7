import { ndArray } from '@fuseinit/core';
import { type LayerCase, layerCase } from './layer-case.js';

const variance = ndArray([3], [0.4, 1.3, 2.1]);

/** Layers that keep positions apart, and dense and flatten, which read all of them. */
export const elementCases: readonly LayerCase[] = [
  layerCase('Activation', { activation: 'swish' }, [3, 2, 2]),
  layerCase('Activation', { activation: 'hardSigmoid' }, [4]),
  layerCase('Activation', { activation: 'logSoftmax' }, [4, 3]),
  layerCase('BatchNormalization', { axis: -1, epsilon: 0.01 }, [2, 3, 3], [[3], [3], [3], variance]),
  layerCase('BatchNormalization', { axis: [2], scale: false }, [4, 3], [[3], [3], variance]),
  layerCase('BatchNormalization', { axis: 1, center: false }, [3], [[3], [3], variance]),
  layerCase('BatchNormalization', { scale: false, center: false }, [2, 2, 3], [[3], variance]),
  layerCase('Dropout', { rate: 0.5 }, [4, 3]),
  layerCase('SpatialDropout1D', { rate: 0.5 }, [4, 3]),
  layerCase('AlphaDropout', { rate: 0.5 }, [5]),
  layerCase('GaussianDropout', { rate: 0.5 }, [5]),
  layerCase('GaussianNoise', { stddev: 1 }, [2, 2, 2]),
  layerCase('ELU', {}, [3, 2]),
  layerCase('LeakyReLU', {}, [3, 2]),
  layerCase('LeakyReLU', { alpha: 0.1 }, [2, 3, 2]),
  layerCase('PReLU', {}, [2, 3, 2], [[2, 3, 2]]),
  layerCase('PReLU', { sharedAxes: [1, 2] }, [2, 3, 2], [[1, 1, 2]]),
  layerCase('PReLU', { sharedAxes: [1] }, [2, 3, 2], [[1, 3, 2]]),
  layerCase('PReLU', { sharedAxes: [2] }, [3, 2], [[3, 1]]),
  layerCase('ReLU', {}, [3, 2]),
  layerCase('ReLU', { maxValue: 0.5 }, [2, 3, 2]),
  layerCase('ReLU', { maxValue: null }, [4]),
  layerCase('Softmax', { axis: -1 }, [4]),
  layerCase('Softmax', { axis: 1 }, [4]),
  layerCase('Softmax', { axis: -1 }, [2, 2, 3]),
  layerCase('ThresholdedReLU', {}, [3, 2]),
  layerCase('ThresholdedReLU', { theta: 0.2 }, [2, 3, 2]),
  layerCase('Dense', { units: 4, activation: 'relu' }, [3], [[3, 4], [4]]),
  layerCase('Dense', { units: 2, activation: 'softmax' }, [5, 3], [[3, 2], [2]]),
  layerCase('Dense', { units: 2, useBias: false }, [2, 3, 4], [[4, 2]]),
  layerCase('Flatten', {}, [4, 2]),
  layerCase('Flatten', { dataFormat: 'channelsLast' }, [2, 3, 2]),
];
