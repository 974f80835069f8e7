import { FuseInitError } from '@fuseinit/core';
import type { TensorFlow } from '../tensorflow.js';
import type { GraphNode, ModelGraph } from './model-graph.js';

/**
 * Refuses a teacher whose PReLU this backend computes wrongly, without an error of its own: tfjs 4.22's WASM backend
 * repeats `alpha` by its size alone (tensorflow/tfjs issue 7458), so that one shared along the last axis or an inner one
 * meets the wrong channels.
 *
 * @throws LAYER_UNSUPPORTED with the layer.
 */
export function requireSoundPrelu(tf: TensorFlow, { nodes }: ModelGraph): void {
  const shared = nodes.find((node) => node.layer.getClassName() === 'PReLU' && sharesInnerAxis(node));
  if (!shared || broadcasts(tf)) return;
  throw new FuseInitError(
    'LAYER_UNSUPPORTED',
    `The ${tf.getBackend()} backend of this TensorFlow.js computes PReLU ${JSON.stringify(shared.id)} wrongly, since its alpha is shared along an inner axis, and so predicts wrongly with this model as it is: call repairPrelu(tf) of @fuseinit/backend-wasm first, or run on another backend.`,
    { layerName: shared.id },
  );
}

/** Whether alpha, its leading axes of length 1 aside, is shorter somewhere than what it is multiplied with. */
function sharesInnerAxis({ layer, call }: GraphNode): boolean {
  const alpha = layer.weights[0]!.shape as number[];
  const own = alpha.slice(alpha.findIndex((length) => length > 1));
  const inner = call.inputShapes[0]!.slice(-own.length);
  return alpha.some((length) => length > 1) && own.some((length, axis) => length !== inner[axis]);
}

function broadcasts(tf: TensorFlow): boolean {
  const [, second] = tf.tidy(() => tf.prelu(tf.fill([2, 2], -1), tf.tensor2d([[1], [2]])).dataSync());
  return second === -1;
}
