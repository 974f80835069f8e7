import { FuseInitError, inputNode, type Network, type NetworkNode, tensorType } from '@fuseinit/core';
import { type Plugin, registryWith } from './find-spans.js';
import type { SpanRequest } from './fuse/fuse-options.js';
import { planSpan } from './fuse/plan-spans.js';
import { layerAlone } from './fuse/replace-span.js';
import { withInputShapes } from './network/input-lengths.js';
import { readNetwork } from './network/read-network.js';
import { toLayersModel } from './network/write-layers-model.js';
import type { LayersModel, TensorFlow } from './tensorflow.js';

/**
 * A model of one layer of a teacher alone, with its weights, to be timed or looked at. It shares nothing with the
 * teacher, and is the caller's to dispose.
 *
 * @throws SPAN_NOT_FOUND when the model has no layer of that name.
 * @throws MODEL_UNSUPPORTED when the layer can't be cloned.
 */
export function layerModel(tf: TensorFlow, teacher: LayersModel, name: string): LayersModel {
  const network = withInputShapes(readNetwork(teacher));
  const node = network.nodes.find((candidate) => candidate.name === name);
  if (!node) {
    throw new FuseInitError('SPAN_NOT_FOUND', `The model has no layer ${JSON.stringify(name)}.`, {
      layerName: name,
    });
  }
  return toLayersModel(tf, nodeAlone(network, node));
}

/**
 * A model of the layer that a span would become, and what pads or flattens for it, with the weights that tfjs draws:
 * to be timed, or for its cost.
 *
 * @throws SPAN_NOT_FOUND, SPAN_ILLEGAL, KERNEL_TOO_LARGE for what can't be fused as asked.
 * @throws PLUGIN_FAILED, LAYER_UNSUPPORTED when the fused layer can't be built.
 */
export function spanModel(
  tf: TensorFlow,
  teacher: LayersModel,
  span: SpanRequest,
  plugins: readonly Plugin[] = [],
): LayersModel {
  const open = readNetwork(teacher);
  const { lowered, name } = planSpan(withInputShapes(open), registryWith(plugins), span, { open });
  return toLayersModel(tf, layerAlone(lowered, name, []));
}

/** A network of one node, with an input for each tensor that it reads. */
function nodeAlone(network: Network, node: NetworkNode): Network {
  const inputs = node.inputs.map((ref, index) =>
    inputNode(`${node.name}_input_${index}`, tensorType(network, ref)),
  );
  const read = inputs.map(({ name }) => ({ node: name, output: 0 }));
  return {
    name: node.name,
    nodes: [...inputs, { ...node, inputs: read }],
    inputs: inputs.map(({ name }) => name),
    outputs: node.outputs.map((_, output) => ({ node: node.name, output })),
  };
}
