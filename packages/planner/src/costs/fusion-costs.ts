import { requireNotAborted } from '@fuseinit/core';
import { costOf, type LayersModel, type SpanRequest, type TensorFlow, toLayersModel } from '@fuseinit/tfjs';
import type { OpenTeacher } from '@fuseinit/tfjs/internal';
import type { Costs } from './costs.js';
import { compareLatency, type Latency, type LatencyOptions } from './measure-latency.js';

export interface FusionCostsOptions {
  readonly tf: TensorFlow;
  /** How each group of networks is timed. */
  readonly latency: LatencyOptions;
  /** The teacher's own, measured before. */
  readonly teacherLatency: Latency;
  /** Before each fusion of so many is timed. */
  readonly onProgress?: (span: SpanRequest, done: number) => void;
}

/** Networks that take turns with the teacher: more of them stand in memory at once. */
const groupSize = 4;

/**
 * By how much fusing each span alone changes the costs of the whole network; what it saves is negative.
 *
 * The network with the span fused, its weights drawn, takes turns with the teacher. A layer timed alone is
 * called and read by itself, which costs time that no layer inside a network takes: such times don't add up
 * to a network's, and tell more saved than is.
 *
 * @throws ABORTED when the signal fires.
 */
export async function fusionCosts(
  teacher: LayersModel,
  opened: OpenTeacher,
  spans: readonly SpanRequest[],
  { tf, latency, teacherLatency, onProgress }: FusionCostsOptions,
): Promise<Costs[]> {
  const changes: Costs[] = [];
  const before = costOf(teacher, latency.inputShapes);
  while (changes.length < spans.length) {
    const models: LayersModel[] = [];
    try {
      for (const span of spans.slice(changes.length, changes.length + groupSize)) {
        requireNotAborted(latency.signal, 'candidates');
        onProgress?.(span, changes.length + models.length);
        models.push(toLayersModel(tf, opened.withSpan(span)));
      }
      const [, ...timed] = await compareLatency(tf, [teacher, ...models], latency);
      for (const [index, { ratio }] of timed.entries()) {
        const after = costOf(models[index]!);
        changes.push({
          latency: (ratio.median - 1) * teacherLatency.median,
          parameters: after.parameters - before.parameters,
          multiplyAdds: after.multiplyAdds - before.multiplyAdds,
          depth: after.depth - before.depth,
        });
      }
    } finally {
      for (const model of models) model.dispose();
    }
  }
  return changes;
}
