import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import type { Comparison, SampleSet } from '../protocol.js';
import type { CallContext } from './call-context.js';
import { coldRuns, warmLatencies } from './latency.js';
import { shareEqual, topClasses } from './predict.js';
import { pickedSamples } from './samples.js';

/** Teacher and student on the same samples and the same browser. */
export async function compareModels(
  tf: TensorFlow,
  teacher: LayersModel,
  student: LayersModel,
  samples: SampleSet,
  { signal, onProgress }: CallContext<'compare'>,
): Promise<Comparison> {
  const models = [teacher, student] as const;
  const total = samples.shape[0]!;
  const predict = (model: LayersModel, done: number, doing: string) =>
    topClasses(tf, model, samples, {
      signal,
      onSamples: (count) => onProgress({ share: done + (0.4 * count) / total, doing }),
    });
  const predictions = [
    await predict(teacher, 0, 'The teacher on test samples'),
    await predict(student, 0.4, 'The student on test samples'),
  ] as const;

  onProgress({ share: 0.8, doing: 'Timing both' });
  const input = pickedSamples(tf, samples, [0]);
  try {
    const cold = await coldRuns(tf, models, input, signal);
    const warm = await warmLatencies(tf, models, input, signal);
    const measured = (index: 0 | 1) => ({
      predictions: predictions[index],
      accuracy: shareEqual(predictions[index], samples.labels),
      warmMs: warm[index]!,
      ...cold[index]!,
    });
    return {
      samples: total,
      teacher: measured(0),
      student: measured(1),
      agreement: shareEqual(predictions[1], predictions[0]?.classes),
    };
  } finally {
    input.dispose();
  }
}
