import { costOf, type LayersModel, type TensorFlow } from '@fuseinit/tfjs';
import type { Costs } from './costs.js';
import { type LatencyOptions, measureLatency } from './measure-latency.js';
import { signatureOf } from './signature-of.js';

/** Measured latency, seconds, by what was measured and on what. */
export type LatencyCache = Map<string, number>;

/**
 * What a part of a network costs: a model of one layer, or of a fused layer and what pads for it. Layers of the same
 * signature are measured once.
 */
export async function partCosts(
  tf: TensorFlow,
  part: LayersModel,
  cache: LatencyCache,
  options: LatencyOptions,
): Promise<Costs> {
  const { parameters, multiplyAdds, depth } = costOf(part);
  const key = JSON.stringify([tf.getBackend(), options.batchSize ?? 1, options.format, signatureOf(part)]);
  let latency = cache.get(key);
  if (latency === undefined) {
    latency = (await measureLatency(tf, part, options)).median;
    cache.set(key, latency);
  }
  return { latency, parameters, multiplyAdds, depth };
}
