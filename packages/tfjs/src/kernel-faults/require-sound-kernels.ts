import { describeNode, FuseInitError, type LayerDescription, type Network } from '@fuseinit/core';
import { isNestedModel, sourceOf } from '../network/layer-internals.js';
import { readNetwork } from '../network/read-network.js';
import { requireModel } from '../network/require-model.js';
import type { Layer, LayersModel, TensorFlow } from '../tensorflow.js';
import type { KernelFault } from './kernel-fault.js';
import { faultsOf } from './kernel-faults.js';

/** The backends by their names in `tf.getBackend()`, with their common names. */
const knownBackends = { cpu: 'cpu', wasm: 'wasm', webgl: 'webgl', tensorflow: 'tfjs-node' };

/** A layer of a model that stock TensorFlow.js computes incorrectly on some backends. */
interface UnsoundLayer {
  readonly name: string;
  readonly className: string;
  readonly fault: KernelFault;
}

/**
 * Requires that the backend of `tf` computes no layer of a model incorrectly without an error.
 *
 * @param training Whether gradients are computed as well.
 * @throws LAYER_UNSUPPORTED with the layer, the backend, the issue of TensorFlow.js and the remedy.
 */
export function requireSoundKernels(tf: TensorFlow, network: Network, training = false): void {
  const backend = tf.getBackend();
  const layers = unsoundLayers(network, training);
  const unsound = layers.find(({ fault }) => fault.backends.includes(backend) && fault.occurs(tf));
  if (!unsound) return;
  const { name, className, fault } = unsound;
  const others = Object.entries(knownBackends)
    .filter(([other]) => !layers.some((layer) => layer.name === name && layer.fault.backends.includes(other)))
    .map(([, known]) => known);
  throw new FuseInitError(
    'LAYER_UNSUPPORTED',
    `The ${backend} backend of this TensorFlow.js computes ${fault.inTraining ? 'the gradient of ' : ''}${className} ${JSON.stringify(name)} wrongly, and so ${fault.inTraining ? 'trains' : 'predicts'} wrongly with this model as it is: ${fault.what} (${issuesOf(fault)}). Call repairKernels(tf) of @fuseinit/tfjs first${others.length > 0 ? `, or use ${others.join(' or ')}` : ''}.`,
    { layerName: name },
  );
}

/**
 * Describes in words which layers of a model stock TensorFlow.js computes incorrectly on any backend, for
 * models that will run elsewhere.
 *
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for anything but a built LayersModel that isn't
 *   disposed.
 */
export function kernelWarnings(model: LayersModel): string[] {
  requireModel(model);
  return unsoundLayers(readNetwork(model)).map(
    ({ name, className, fault }) =>
      `Stock TensorFlow.js computes ${className} ${JSON.stringify(name)} wrongly on ${namesOf(fault)}: ${fault.what} (${issuesOf(fault)}). Where the model runs there, call repairKernels(tf) of @fuseinit/tfjs first.`,
  );
}

function unsoundLayers(network: Network, training = false): UnsoundLayer[] {
  return describeAll(network).flatMap((layer) =>
    faultsOf(layer, training).map((fault) => ({ name: layer.name, className: layer.className, fault })),
  );
}

/** Describes the nodes of a network, and those of models that layers wrap. */
function describeAll(network: Network): LayerDescription[] {
  return network.nodes.flatMap((node) => {
    const { layer: wrapped } = (sourceOf(node.layer) ?? {}) as unknown as { layer?: Layer };
    const inner = wrapped && isNestedModel(wrapped) ? describeAll(readNetwork(wrapped)) : [];
    return [
      describeNode(network, node),
      ...inner.map((layer) => ({ ...layer, name: `${node.name}/${layer.name}` })),
    ];
  });
}

function issuesOf({ issues }: KernelFault): string {
  if (issues.length === 0) return 'tensorflow/tfjs has no issue for it that is known';
  return `tensorflow/tfjs issue${issues.length > 1 ? 's' : ''} ${issues.join(', ')}`;
}

function namesOf({ backends }: KernelFault): string {
  return backends.map((name) => knownBackends[name as keyof typeof knownBackends] ?? name).join(' and ');
}
