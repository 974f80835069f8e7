import type { Network, NetworkNode, TensorRef } from '@fuseinit/core';
import type { TapsBatch } from '@fuseinit/statistics';
import type { CalibrationSource } from '../calibration/calibration-source.js';
import { type HeldOutRule, splitHeldOut } from '../calibration/held-out.js';
import { sourceOf } from '../network/layer-internals.js';
import type { LiveLayers } from '../network/make-layer.js';
import { requireDeclaredActivation, requireSeparableActivation } from '../network/pre-activation.js';
import type { Tap } from '../network/run-network.js';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import { type RunBatch, runFromInputs } from './kept-activations.js';

/** The tensor that a fused layer reads, and the layer whose pre-activation it approximates. */
interface StepTap {
  readonly input: TensorRef;
  readonly target: NetworkNode;
}

/** Everything that is read in one pass over the data, in one network. */
export interface PassTaps {
  readonly network: Network;
  /** The instances of the layers that the network wasn't read with. */
  readonly live?: LiveLayers;
  readonly taps: readonly StepTap[];
  /** Runs the network on a batch. By default, it is run from its inputs. */
  readonly pass?: (taps: readonly Tap[]) => RunBatch;
}

/** One batch, with the model's inputs. */
export interface TappedBatch extends TapsBatch<Tensor> {
  /** A tensor for each input, valid until the next batch is requested. */
  readonly inputs: readonly Tensor[];
}

/**
 * Yields calibration data in batches, each with a function that returns what the taps read, from a single run
 * of the network. The tensors are disposed when the next batch is requested.
 */
export async function* tapBatches(
  tf: TensorFlow,
  { network, live, taps, pass }: PassTaps,
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
  const run = pass?.(wanted) ?? runFromInputs(tf, network, wanted);
  for await (const { inputs, ...info } of splitHeldOut(tf, source.batches(), heldOut)) {
    let held: Tensor[] = [];
    const read = () => {
      held = run(batchName(info.indices), inputs, live);
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

/** A name for the samples of a batch, each of which is in one batch only. */
export function batchName(indices: Uint32Array): string {
  return `${indices[0]}-${indices.at(-1)}-${indices.length}`;
}

/** Yields to the event loop, so that timers, input events and the caller's abort signal are processed. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
