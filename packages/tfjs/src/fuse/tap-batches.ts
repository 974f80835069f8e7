import type { TapBatch } from '@fuseinit/statistics';
import type { CalibrationSource } from '../calibration/calibration-source.js';
import { splitHeldOut } from '../calibration/held-out.js';
import type { GraphNode, ModelGraph, TensorRef } from '../graph/model-graph.js';
import { runGraph } from '../graph/run-graph.js';
import { applyClone, cloneLayer } from '../student/clone-layer.js';
import type { Layer, Tensor, TensorFlow } from '../tensorflow.js';

/** Where a fused layer's input is read, and the layer whose pre-activation it is to give. */
export interface Tap {
  /** The graph that the input is collected from, and the tensor. */
  readonly inputGraph: ModelGraph;
  readonly input: TensorRef;
  readonly teacher: ModelGraph;
  readonly target: GraphNode;
}

export interface TapOptions {
  /** Share of the samples held out. */
  readonly heldOut: number;
  /** Batches at the start that were counted before. */
  readonly skip: number;
}

/**
 * Runs calibration data through input graph and teacher, and yields what the tap reads, batch by batch. The tensors are
 * disposed when the next batch is asked for.
 */
export async function* tapBatches(
  tf: TensorFlow,
  { inputGraph, input, teacher, target }: Tap,
  source: CalibrationSource,
  { heldOut, skip }: TapOptions,
): AsyncGenerator<TapBatch<Tensor>> {
  const linear = linearTwin(tf, target);
  let skipped = 0;
  try {
    for await (const batch of splitHeldOut(tf, source.batches(), heldOut)) {
      let held: Tensor[] = [];
      try {
        if (skipped++ < skip) continue;
        held = tf.tidy(() => {
          const before = target.inputs[0]!;
          const [read, fed] =
            inputGraph === teacher
              ? runGraph(teacher, batch.inputs, [input, before])
              : [
                  ...runGraph(inputGraph, batch.inputs, [input]),
                  ...runGraph(teacher, batch.inputs, [before]),
                ];
          // Cloned: the model's own input may be what is read, and it is disposed with the batch.
          return [read!.clone(), linear.apply(fed!) as Tensor];
        });
        const { samples, heldOut: isHeldOut, batch: index } = batch;
        yield { input: held[0]!, target: held[1]!, samples, heldOut: isHeldOut, batch: index };
        await nextTask();
      } finally {
        tf.dispose([held, [...batch.inputs]]);
      }
    }
  } finally {
    linear.dispose();
  }
}

/** A copy of a layer without its activation: what it gives is the pre-activation. */
function linearTwin(tf: TensorFlow, { layer, call }: GraphNode): Layer {
  const clone = cloneLayer(layer, `${layer.name}_pre_activation`, { activation: 'linear' });
  applyClone(clone, [tf.input({ batchShape: [...call.inputShapes[0]!] })]);
  clone.layer.setWeights(layer.getWeights());
  return clone.layer;
}

/** Lets timers, input and the caller's signal have their turn. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
