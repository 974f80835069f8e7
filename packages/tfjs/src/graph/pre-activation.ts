import type { Layer, Tensor, TensorFlow } from '../tensorflow.js';

interface Activated {
  activation?: { apply(input: Tensor): Tensor } | null;
}

/** What a layer computes, before and after its own activation; the same where it has none. */
export interface Activations {
  readonly before: Tensor;
  readonly after: Tensor;
}

/**
 * Runs a layer so that its pre-activation is seen, with its own variables, so that gradients reach them.
 *
 * tfjs-layers fuses products and activations into one kernel; so the activation is put aside for the call.
 */
export function applyInTwo(
  tf: TensorFlow,
  layer: Layer,
  inputs: Tensor | Tensor[],
  callArgs: Record<string, unknown>,
): Activations {
  const activated = layer as unknown as Activated;
  const { activation } = activated;
  if (!activation) {
    const output = layer.apply(inputs, callArgs) as Tensor;
    return { before: output, after: output };
  }
  activated.activation = (tf.layers.activation({ activation: 'linear' }) as unknown as Activated).activation!;
  try {
    const before = layer.apply(inputs, callArgs) as Tensor;
    return { before, after: activation.apply(before) };
  } finally {
    activated.activation = activation;
  }
}
