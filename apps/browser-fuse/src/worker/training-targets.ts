import { requireNotAborted } from '@fuseinit/core';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import type { LearnsFrom, SampleSet } from '../protocol.js';
import { yieldToMessages } from './cancelling.js';
import { classCount, firstOutput, sumToOne } from './predict.js';

export interface Targets {
  readonly rows: readonly ArrayLike<number>[];
  readonly learnsFrom: LearnsFrom;
  readonly loss: 'categoricalCrossentropy' | 'meanSquaredError';
}

/**
 * What to train towards: labels where there are some for the model's classes, the teacher's own outputs
 * otherwise.
 */
export async function trainingTargets(
  tf: TensorFlow,
  teacher: LayersModel,
  samples: SampleSet,
  signal: AbortSignal,
): Promise<Targets> {
  const outputs: Float32Array[] = [];
  const total = samples.shape[0]!;
  const classes = classCount(teacher);
  if (classes === null) throw new Error('Training here is for models that tell classes apart.');
  for (let start = 0; start < total; start += 100) {
    const indices = Array.from({ length: Math.min(100, total - start) }, (_, index) => start + index);
    outputs.push(...(await firstOutput(tf, teacher, samples, indices)));
    await yieldToMessages();
    requireNotAborted(signal, 'training');
  }
  if (!outputs.every(sumToOne)) return { rows: outputs, learnsFrom: 'teacher', loss: 'meanSquaredError' };
  const loss = 'categoricalCrossentropy';
  const { labels } = samples;
  if (!labels?.every((label) => label < classes)) return { rows: outputs, learnsFrom: 'teacher', loss };
  const rows = Array.from(labels, (label) =>
    Array.from({ length: classes }, (_, index) => Number(index === label)),
  );
  return { rows, learnsFrom: 'labels', loss };
}
