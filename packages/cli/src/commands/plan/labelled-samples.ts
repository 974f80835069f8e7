import type { LabelledData } from '@fuseinit/planner';
import { heldOutSamples } from '../../data/held-out-samples.js';
import { readSize, type Samples } from '../../data/open-samples.js';
import { labelsAt, type SampleLabels } from '../../data/read-labels.js';

/** The samples that nothing is solved on, with their labels. */
export async function labelledSamples(
  samples: Samples,
  labels: SampleLabels,
  signal: AbortSignal,
): Promise<LabelledData> {
  const { places, batches } = heldOutSamples(samples, readSize, signal);
  const size = samples.shape.reduce((product, length) => product * length, 1);
  const data = new Float32Array(places.length * size);
  let filled = 0;
  for await (const batch of batches) {
    data.set(batch.data, filled);
    filled += batch.data.length;
  }
  return {
    data,
    shape: [places.length, ...samples.shape],
    labels: labelsAt(labels, places),
    task: labels.task,
    ...(labels.threshold !== undefined && { threshold: labels.threshold }),
  };
}
