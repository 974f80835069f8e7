import { type Network, type NetworkNode, nodeOf, type TensorRef, tensorType } from '@fuseinit/core';
import type { Layer, LayersModel } from '../tensorflow.js';
import { isLayer, isNestedModel, sourceOf } from './layer-internals.js';
import { isSoftmax } from './pre-activation.js';
import { readNetwork } from './read-network.js';

/**
 * The activation before a model's output. `softmax`: probabilities of classes along the last axis.
 * `logSoftmax`: their logarithms. `sigmoid`: an independent probability in each element. `linear`: unbounded
 * numbers, such as logits or values. `other`: the layers don't determine it.
 */
export type OutputActivation = 'softmax' | 'logSoftmax' | 'sigmoid' | 'linear' | 'other';

/** The activation of an output, and the node that computes it. */
export interface OutputScores {
  readonly activation: OutputActivation;
  /**
   * The name of the node whose pre-activations are the output's scores; undefined if later layers change more
   * than the shape.
   */
  readonly node: string | undefined;
}

const unknown: OutputScores = { activation: 'other', node: undefined };

/** Classes that pass on their input at inference. */
const identities = new Set([
  'Dropout',
  'SpatialDropout1D',
  'GaussianDropout',
  'GaussianNoise',
  'AlphaDropout',
]);
const reshapes = new Set(['Flatten', 'Reshape']);
/**
 * Classes that average over other axes than that of the classes, or select positions. Applied to
 * probabilities, they give probabilities.
 */
const averages = new Set([
  'GlobalAveragePooling1D',
  'GlobalAveragePooling2D',
  'AveragePooling1D',
  'AveragePooling2D',
  'UpSampling2D',
  'Cropping2D',
  'RepeatVector',
  'Average',
]);
/** Classes that keep the range of values but mix the classes of a softmax. */
const choices = new Set([
  'MaxPooling1D',
  'MaxPooling2D',
  'GlobalMaxPooling1D',
  'GlobalMaxPooling2D',
  'Permute',
  'Concatenate',
]);
/** Classes that are affine in their input, which may change its scale. */
const affine = new Set(['BatchNormalization', 'LayerNormalization', 'Rescaling']);
const named: Readonly<Record<string, OutputActivation>> = {
  softmax: 'softmax',
  Softmax: 'softmax',
  logSoftmax: 'logSoftmax',
  sigmoid: 'sigmoid',
  hardSigmoid: 'sigmoid',
  linear: 'linear',
};

/**
 * Determines the activation before one of a model's outputs, looking through nested models, dropout,
 * reshaping and averages.
 */
export function outputActivation(model: LayersModel, index = 0): OutputActivation {
  const network = readNetwork(model);
  return outputScores(network, network.outputs[index]!).activation;
}

/** Determines the activation before an output of a network: see {@link outputActivation}. */
export function outputScores(network: Network, ref: TensorRef): OutputScores {
  const node = nodeOf(network, ref.node);
  const { className } = node.layer;
  const before = node.inputs.map((input) => outputScores(network, input));
  const [only] = before;
  if (!only) return unknown;
  const isClasswise = only.activation === 'softmax' || only.activation === 'logSoftmax';
  const isAlike = before.every(({ activation }) => activation === only.activation);
  if (identities.has(className)) return only;
  if (reshapes.has(className)) return !isClasswise || keepsLastAxis(network, node) ? only : unknown;
  if (averages.has(className)) {
    // The mean of log-probabilities isn't a log-probability.
    const kept = isAlike && only.activation !== 'logSoftmax' && (!isClasswise || isChannelsLast(node));
    return kept ? { ...only, node: undefined } : unknown;
  }
  if (choices.has(className)) return isAlike && !isClasswise ? { ...only, node: undefined } : unknown;
  if (className === 'Add')
    return isAlike && only.activation === 'linear' ? { ...only, node: undefined } : unknown;
  if (affine.has(className)) {
    // Rescaled probabilities are neither probabilities nor unbounded numbers.
    const isProbable = isClasswise || only.activation === 'sigmoid';
    return isProbable ? unknown : { activation: 'linear', node: undefined };
  }
  const own = ownActivation(node);
  if (className === 'Activation' && own === 'linear') return only;
  return own === undefined
    ? unknown
    : { activation: own, node: className === 'TimeDistributed' ? undefined : node.name };
}

function ownActivation(node: NetworkNode): OutputActivation | undefined {
  if (node.layer.className === 'Softmax') return isSoftmax(node) ? 'softmax' : undefined;
  return activationOf(node.layer.className, sourceOf(node.layer));
}

function activationOf(className: string, live: Layer | undefined): OutputActivation | undefined {
  const { activation, layer: wrapped } = (live ?? {}) as { activation?: unknown; layer?: unknown };
  if (className === 'TimeDistributed' && isLayer(wrapped)) {
    if (!isNestedModel(wrapped)) return activationOf(wrapped.getClassName(), wrapped);
    const inner = outputActivation(wrapped);
    return inner === 'other' ? undefined : inner;
  }
  if (isLayer(activation)) return 'linear';
  if (typeof activation !== 'object' || activation === null || !('getClassName' in activation))
    return undefined;
  return named[(activation as Layer).getClassName()];
}

function keepsLastAxis(network: Network, node: NetworkNode): boolean {
  const read = tensorType(network, node.inputs[0]!).shape;
  return isChannelsLast(node) && read.at(-1) === node.outputs[0]!.shape.at(-1);
}

function isChannelsLast({ layer: { config } }: NetworkNode): boolean {
  return config.dataFormat !== 'channelsFirst';
}
