import { evaluate, joinScores, type Score } from '@fuseinit/planner';
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
  const parts: Score[] = [];
  let seen = 0;
  for await (const { data, shape } of samples.batches(batchSize, signal)) {
    const labels = values.subarray(seen * width, (seen + shape[0]!) * width);
    const batch = { data, shape, labels, task, ...(threshold !== undefined && { threshold }) };
    parts.push(await evaluate(tf, model, batch, batchSize));
    seen += shape[0]!;
    progress.show('evaluating', seen / samples.count);
  }
  return joinScores(parts);
}
