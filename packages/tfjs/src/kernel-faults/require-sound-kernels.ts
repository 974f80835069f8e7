import { FuseInitError, type LayerDescription } from '@fuseinit/core';
import { describeLayer } from '../graph/describe-layer.js';
import { isNestedModel } from '../graph/layer-internals.js';
import { type GraphNode, type ModelGraph, readGraph } from '../graph/model-graph.js';
import { requireModel } from '../graph/require-model.js';
import type { Layer, LayersModel, TensorFlow } from '../tensorflow.js';
import type { KernelFault } from './kernel-fault.js';
import { faultsOf } from './kernel-faults.js';

/** As `tf.getBackend()` names them, and as people know them. */
const knownBackends = { cpu: 'cpu', wasm: 'wasm', webgl: 'webgl', tensorflow: 'tfjs-node' };

/** A layer of a model that stock TensorFlow.js computes wrongly on some backends. */
interface UnsoundLayer {
  readonly name: string;
  readonly className: string;
  readonly fault: KernelFault;
}

/**
 * Refuses a model with a layer that the backend of `tf` computes wrongly, without an error of its own.
 *
 * @param training Whether gradients are computed too.
 * @throws LAYER_UNSUPPORTED with the layer, the backend, tfjs's issue and what to do.
 */
export function requireSoundKernels(tf: TensorFlow, graph: ModelGraph, training = false): void {
  const backend = tf.getBackend();
  const layers = unsoundLayers(graph, training);
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
 * In words, what stock TensorFlow.js computes wrongly of a model, on whatever backend: for models that will run
 * elsewhere than here.
 *
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for what is no living LayersModel.
 */
export function kernelWarnings(model: LayersModel): string[] {
  requireModel(model);
  return unsoundLayers(readGraph(model)).map(
    ({ name, className, fault }) =>
      `Stock TensorFlow.js computes ${className} ${JSON.stringify(name)} wrongly on ${namesOf(fault)}: ${fault.what} (${issuesOf(fault)}). Where the model runs there, call repairKernels(tf) of @fuseinit/tfjs first.`,
  );
}

function unsoundLayers({ nodes }: ModelGraph, training = false): UnsoundLayer[] {
  return nodes
    .flatMap(describeAll)
    .flatMap((layer) =>
      faultsOf(layer, training).map((fault) => ({ name: layer.name, className: layer.className, fault })),
    );
}

/** A node, and the nodes of a model that it wraps. */
function describeAll(node: GraphNode): LayerDescription[] {
  const { layer: wrapped } = node.layer as unknown as { layer?: Layer };
  const inner = wrapped && isNestedModel(wrapped) ? readGraph(wrapped).nodes.flatMap(describeAll) : [];
  return [describeLayer(node), ...inner.map((layer) => ({ ...layer, name: `${node.id}/${layer.name}` }))];
}

function issuesOf({ issues }: KernelFault): string {
  if (issues.length === 0) return 'tensorflow/tfjs has no issue for it that is known';
  return `tensorflow/tfjs issue${issues.length > 1 ? 's' : ''} ${issues.join(', ')}`;
}

function namesOf({ backends }: KernelFault): string {
  return backends.map((name) => knownBackends[name as keyof typeof knownBackends] ?? name).join(' and ');
}
