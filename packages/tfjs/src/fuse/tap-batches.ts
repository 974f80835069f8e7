import type { Network, NetworkNode, TensorRef } from '@fuseinit/core';
import type { TapsBatch } from '@fuseinit/statistics';
import type { CalibrationSource } from '../calibration/calibration-source.js';
import { type HeldOutRule, splitHeldOut } from '../calibration/held-out.js';
import { sourceOf } from '../network/layer-internals.js';
import type { LiveLayers } from '../network/make-layer.js';
import { requireDeclaredActivation, requireSeparableActivation } from '../network/pre-activation.js';
import { runNetwork } from '../network/run-network.js';
import type { Tensor, TensorFlow } from '../tensorflow.js';

/** Where a fused layer's input is read, and the layer whose pre-activation it is to give. */
interface StepTap {
  readonly input: TensorRef;
  readonly target: NetworkNode;
}

/** All that is read in one pass over the data, in one network. */
export interface PassTaps {
  readonly network: Network;
  /** What runs the layers that the network wasn't read with. */
  readonly live?: LiveLayers;
  readonly taps: readonly StepTap[];
}

/** One batch, and what the model's inputs are given in it. */
export interface TappedBatch extends TapsBatch<Tensor> {
  /** One for each input, there until the next batch is asked for. */
  readonly inputs: readonly Tensor[];
}

/**
 * Calibration data, batch by batch, and on demand what the taps read of a batch: one run of the network gives
 * all. The tensors are disposed when the next batch is asked for.
 */
export async function* tapBatches(
  tf: TensorFlow,
  { network, live, taps }: PassTaps,
  source: CalibrationSource,
  heldOut: HeldOutRule,
): AsyncGenerator<TappedBatch> {
  const wanted = taps.flatMap(({ input, target }) => [
    input,
    { node: target.name, output: 0, beforeActivation: true },
  ]);
  for (const { target } of taps) {
    const layer = sourceOf(target.layer)!;
    requireSeparableActivation(layer);
    requireDeclaredActivation(layer);
  }
  for await (const { inputs, ...info } of splitHeldOut(tf, source.batches(), heldOut)) {
    let held: Tensor[] = [];
    const read = () => {
      // Cloned: the model's own input may be what is read, and it is disposed with the batch.
      held = tf.tidy(() =>
        runNetwork(network, inputs, wanted, live && { live }).map((tensor) => tensor.clone()),
      );
      return taps.map((_, index) => ({ input: held[2 * index]!, target: held[2 * index + 1]! }));
    };
    try {
      yield { ...info, inputs, read };
      if (held.length > 0) await nextTask();
    } finally {
      tf.dispose([held, [...inputs]]);
    }
  }
}

/** Lets timers, input and the caller's signal have their turn. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
