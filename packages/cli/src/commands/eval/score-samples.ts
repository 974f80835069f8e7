import { evaluate, type Score } from '@fuseinit/planner';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import { readSize, type Samples } from '../../data/open-samples.js';
import type { Session } from '../../program/run-command.js';

/**
 * How good a model is, batch by batch where that is the same as all at once.
 *
 * @throws as `evaluate` does.
 */
export async function scoreSamples(
  tf: TensorFlow,
  model: LayersModel,
  samples: Samples,
  labels: Int32Array | Float32Array,
  {
    signal,
    progress,
    batchSize = readSize,
  }: Pick<Session, 'signal' | 'progress'> & { readonly batchSize?: number },
): Promise<Score> {
  const classes = model.outputs[0]!.shape.at(-1)!;
  // Whether one output tells classes apart or is a value is seen from all labels.
  const size = classes > 1 ? batchSize : samples.count;
  let [sum, seen] = [0, 0];
  let kind: Score['kind'] = 'accuracy';
  for await (const { data, shape } of samples.batches(size, signal)) {
    const batch = { data, shape, labels: labels.subarray(seen, seen + shape[0]!) };
    const part = await evaluate(tf, model, batch, batchSize);
    kind = part.kind;
    sum += part.value * part.count;
    seen += part.count;
    progress.show('evaluating', seen / samples.count);
  }
  return { kind, value: sum / seen, count: seen };
}
