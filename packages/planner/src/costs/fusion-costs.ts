import { requireNotAborted } from '@fuseinit/core';
import { costOf, type LayersModel, type SpanRequest, type TensorFlow, toLayersModel } from '@fuseinit/tfjs';
import type { OpenTeacher } from '@fuseinit/tfjs/internal';
import type { Costs } from './costs.js';
import { compareLatency, type Latency, type LatencyOptions } from './measure-latency.js';

export interface FusionCostsOptions {
  readonly tf: TensorFlow;
  /** The options for timing each group of networks. */
  readonly latency: LatencyOptions;
  /** The latency of the teacher, measured beforehand. */
  readonly teacherLatency: Latency;
  /** Called before each fusion is timed, with the number of fusions done. */
  readonly onProgress?: (span: SpanRequest, done: number) => void;
}

/** The number of networks that are timed in turns with the teacher, and so held in memory at a time. */
const groupSize = 4;

/**
 * The change in the costs of the whole network when each span is fused alone; savings are negative.
 *
 * The network with the span fused, with random weights, is timed in turns with the teacher. Timing single
 * layers instead would include the overhead of calling each one and reading its output, which layers inside a
 * network don't have, and so would overestimate the savings.
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
