import type { Layer, LayersModel } from '../tensorflow.js';
import { isLayer, isNestedModel } from './layer-internals.js';
import { type GraphNode, readGraph, type TensorRef } from './model-graph.js';
import { isSoftmax } from './pre-activation.js';

/**
 * What stands before a model's output. `softmax`: probabilities of classes along the last axis, `logSoftmax` their
 * logarithms. `sigmoid`: a probability in each number. `linear`: numbers of any size, such as logits or values. `other`: what
 * the layers don't tell.
 */
export type OutputActivation = 'softmax' | 'logSoftmax' | 'sigmoid' | 'linear' | 'other';

/** An output's activation, and where it is computed. */
export interface OutputScores {
  readonly activation: OutputActivation;
  /** The node whose pre-activations are the output's scores; undefined where layers after it change more than the shape. */
  readonly node: GraphNode | undefined;
}

const unknown: OutputScores = { activation: 'other', node: undefined };

/** These pass on what they read, at inference. */
const identities = new Set([
  'Dropout',
  'SpatialDropout1D',
  'GaussianDropout',
  'GaussianNoise',
  'AlphaDropout',
]);
const reshapes = new Set(['Flatten', 'Reshape']);
/** Means of probabilities along other axes than the classes', or some of the positions: probabilities again. */
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
/** Numbers of a range stay in it, but classes don't stay apart. */
const choices = new Set([
  'MaxPooling1D',
  'MaxPooling2D',
  'GlobalMaxPooling1D',
  'GlobalMaxPooling2D',
  'Permute',
  'Concatenate',
]);
/** Affine in what they read, whose scale doesn't matter. */
const affine = new Set(['BatchNormalization', 'LayerNormalization', 'Rescaling']);
const named: Readonly<Record<string, OutputActivation>> = {
  softmax: 'softmax',
  Softmax: 'softmax',
  logSoftmax: 'logSoftmax',
  sigmoid: 'sigmoid',
  hardSigmoid: 'sigmoid',
  linear: 'linear',
};

/** What stands before one of a model's outputs, seen through nested models, dropout, reshaping and averages. */
export function outputActivation(model: LayersModel, index = 0): OutputActivation {
  const graph = readGraph(model);
  return outputScores(graph.outputs[index]!).activation;
}

/** What stands before an output of a graph: see {@link outputActivation}. */
export function outputScores({ node }: TensorRef): OutputScores {
  const { layer } = node;
  const className = layer.getClassName();
  const before = node.inputs.map(outputScores);
  const [only] = before;
  if (!only) return unknown;
  const isClasswise = only.activation === 'softmax' || only.activation === 'logSoftmax';
  const isAlike = before.every(({ activation }) => activation === only.activation);
  if (identities.has(className)) return only;
  if (reshapes.has(className)) return !isClasswise || keepsLastAxis(node) ? only : unknown;
  if (averages.has(className)) {
    // The mean of logarithms of probabilities is none.
    const kept = isAlike && only.activation !== 'logSoftmax' && (!isClasswise || isChannelsLast(layer));
    return kept ? { ...only, node: undefined } : unknown;
  }
  if (choices.has(className)) return isAlike && !isClasswise ? { ...only, node: undefined } : unknown;
  if (className === 'Add')
    return isAlike && only.activation === 'linear' ? { ...only, node: undefined } : unknown;
  if (affine.has(className)) return { activation: 'linear', node: undefined };
  const own = ownActivation(layer);
  if (className === 'Activation' && own === 'linear') return only;
  return own === undefined
    ? unknown
    : { activation: own, node: className === 'TimeDistributed' ? undefined : node };
}

function ownActivation(layer: Layer): OutputActivation | undefined {
  if (layer.getClassName() === 'Softmax') return isSoftmax(layer) ? 'softmax' : undefined;
  const { activation, layer: wrapped } = layer as unknown as { activation?: unknown; layer?: unknown };
  if (layer.getClassName() === 'TimeDistributed' && isLayer(wrapped)) {
    if (!isNestedModel(wrapped)) return ownActivation(wrapped);
    const inner = outputActivation(wrapped);
    return inner === 'other' ? undefined : inner;
  }
  if (typeof activation !== 'object' || activation === null || !('getClassName' in activation))
    return undefined;
  return named[(activation as Layer).getClassName()];
}

function keepsLastAxis({ call, layer }: GraphNode): boolean {
  const [read] = call.inputShapes;
  const [gives] = call.outputShapes;
  return isChannelsLast(layer) && read?.at(-1) === gives?.at(-1);
}

function isChannelsLast(layer: Layer): boolean {
  return (layer as unknown as { dataFormat?: string }).dataFormat !== 'channelsFirst';
}
