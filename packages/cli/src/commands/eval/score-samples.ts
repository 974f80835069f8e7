import { evaluate, type Score } from '@fuseinit/planner';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import { readSize, type Samples } from '../../data/open-samples.js';
import type { SampleLabels } from '../../data/read-labels.js';
import type { Session } from '../../program/run-command.js';

/**
 * How good a model is, batch by batch.
 *
 * @throws as `evaluate` does.
 */
export async function scoreSamples(
  tf: TensorFlow,
  model: LayersModel,
  samples: Samples,
  { values, width, task, threshold }: SampleLabels,
  {
    signal,
    progress,
    batchSize = readSize,
  }: Pick<Session, 'signal' | 'progress'> & { readonly batchSize?: number },
): Promise<Score> {
  let [sum, seen] = [0, 0];
  let kind: Score['kind'] = 'accuracy';
  for await (const { data, shape } of samples.batches(batchSize, signal)) {
    const labels = values.subarray(seen * width, (seen + shape[0]!) * width);
    const batch = { data, shape, labels, task, ...(threshold !== undefined && { threshold }) };
    const part = await evaluate(tf, model, batch, batchSize);
    kind = part.kind;
    sum += part.value * part.count;
    seen += part.count;
    progress.show('evaluating', seen / samples.count);
  }
  return { kind, value: sum / seen, count: seen };
}
