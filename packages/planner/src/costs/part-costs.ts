import type { Network } from '@fuseinit/core';
import { costOf, type TensorFlow, toLayersModel } from '@fuseinit/tfjs';
import type { Costs } from './costs.js';
import { type LatencyOptions, measureLatency } from './measure-latency.js';

/** Measured latency, seconds, by what was measured and on what. */
export type LatencyCache = Map<string, number>;

/**
 * What a part of a network costs: a layer alone, or a fused layer and what pads for it. Parts of the same
 * signature are measured once.
 */
export async function partCosts(
  tf: TensorFlow,
  part: Network,
  cache: LatencyCache,
  options: LatencyOptions,
): Promise<Costs> {
  const key = JSON.stringify([tf.getBackend(), options.batchSize ?? 1, options.format, signatureOf(part)]);
  const model = toLayersModel(tf, part);
  try {
    const latency = cache.get(key) ?? (await measureLatency(tf, model, options)).median;
    cache.set(key, latency);
    // A part without weights has them once it is a model.
    const { parameters, multiplyAdds, depth } = costOf(model);
    return { latency, parameters, multiplyAdds, depth };
  } finally {
    model.dispose();
  }
}

/**
 * What decides how long a part takes: its layers' classes, sizes and activations, and the shapes that they
 * read.
 */
function signatureOf({ nodes }: Network): unknown {
  return nodes.map(({ layer, outputs }) => [
    layer.className,
    outputs.map(({ shape }) => shape),
    Object.entries(layer.config)
      .filter(([key]) => !/name|initializer|regularizer|constraint|trainable|batchInputShape/i.test(key))
      .sort(([first], [second]) => (first < second ? -1 : 1)),
  ]);
}
