import { FuseInitError } from '@fuseinit/core';
import { findSpans, type Plugin, registryWith } from '../find-spans.js';
import type { SpanRequest } from '../fuse/fuse-options.js';
import { planSpan } from '../fuse/plan-spans.js';
import { type GraphNode, readGraph } from '../graph/model-graph.js';
import type { LayersModel, SymbolicTensor, TensorFlow } from '../tensorflow.js';
import { buildFusedLayer } from './build-fused-layer.js';
import { applyClone, cloneLayer, copyWeights } from './clone-layer.js';

/**
 * A model of one layer of a teacher alone, with its weights, to be timed or looked at. It shares nothing with the
 * teacher, and is the caller's to dispose.
 *
 * @throws SPAN_NOT_FOUND when the model has no layer of that name.
 * @throws MODEL_UNSUPPORTED when the layer can't be cloned.
 */
export function layerModel(tf: TensorFlow, teacher: LayersModel, name: string): LayersModel {
  const node = readGraph(teacher).nodes.find(({ id }) => id === name);
  if (!node) {
    throw new FuseInitError('SPAN_NOT_FOUND', `The model has no layer ${JSON.stringify(name)}.`, {
      layerName: name,
    });
  }
  const inputs = node.inputs.map((_, index) => inputOf(tf, node, index));
  const { name: own } = node.layer;
  const clone = cloneLayer(node.layer, { layer: own, activation: `${own}_activation` });
  const outputs = applyClone(tf, clone, inputs, node.call.callArgs);
  copyWeights(node.layer, clone);
  return tf.model({ inputs, outputs });
}

/**
 * A model of the layer that a span would become, and what pads or flattens for it, with the weights that tfjs draws:
 * to be timed, or for its cost.
 *
 * @throws SPAN_NOT_FOUND, SPAN_ILLEGAL, KERNEL_TOO_LARGE for what can't be fused as asked.
 * @throws PLUGIN_FAILED, LAYER_UNSUPPORTED when the fused layer can't be built, as {@link buildFusedLayer}.
 */
export function spanModel(
  tf: TensorFlow,
  teacher: LayersModel,
  span: SpanRequest,
  plugins: readonly Plugin[] = [],
): LayersModel {
  const graph = readGraph(teacher);
  const { run, lowered, name } = planSpan(
    graph,
    registryWith(plugins),
    findSpans(teacher, { plugins }),
    span,
  );
  const input = inputOf(tf, run[0]!, 0);
  const { output } = buildFusedLayer(tf, lowered.fused, input, name, new Set(), lowered.plugin);
  return tf.model({ inputs: input, outputs: output });
}

function inputOf(tf: TensorFlow, { inputs }: GraphNode, index: number): SymbolicTensor {
  const { node, index: output } = inputs[index]!;
  const symbolic = node.call.outputTensors[output]!;
  return tf.input({ shape: symbolic.shape.slice(1), dtype: symbolic.dtype });
}
