import { requireNotAborted } from '@fuseinit/core';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import { predictBatch } from '@fuseinit/tfjs/internal';
import type { Predictions, SampleSet } from '../protocol.js';
import { yieldToMessages } from './cancelling.js';
import { pickedSamples } from './samples.js';

const batchSize = 100;

export interface PredictOptions {
  readonly signal: AbortSignal;
  readonly onSamples?: (samples: number) => void;
}

/**
 * Most probable classes of samples; null where the model's first output isn't one number for each of several
 * classes.
 */
export async function topClasses(
  tf: TensorFlow,
  model: LayersModel,
  samples: SampleSet,
  { signal, onSamples }: PredictOptions,
): Promise<Predictions | null> {
  if (classCount(model) === null) return null;
  const total = samples.shape[0]!;
  const classes = new Uint16Array(total);
  const scores = new Float32Array(total);
  let areProbabilities = true;
  for (let start = 0; start < total; start += batchSize) {
    const indices = Array.from({ length: Math.min(batchSize, total - start) }, (_, index) => start + index);
    for (const [row, outputs] of (await firstOutput(tf, model, samples, indices)).entries()) {
      const top = outputs.indexOf(Math.max(...outputs));
      classes[start + row] = top;
      scores[start + row] = outputs[top]!;
      areProbabilities &&= sumToOne(outputs);
    }
    onSamples?.(start + indices.length);
    await yieldToMessages();
    requireNotAborted(signal, 'prediction');
  }
  return { classes, scores, areProbabilities };
}

/** How many classes a model tells apart; null where its first output isn't of shape [batch, classes]. */
export function classCount(model: LayersModel): number | null {
  const shape = model.outputs[0]!.shape;
  const count = shape[1];
  return shape.length === 2 && count && count > 1 ? count : null;
}

/** The model's first output for some samples, one row each. */
export async function firstOutput(
  tf: TensorFlow,
  model: LayersModel,
  samples: SampleSet,
  indices: ArrayLike<number>,
): Promise<Float32Array[]> {
  const output = tf.tidy(() => predictBatch(model, [pickedSamples(tf, samples, indices)])[0]!);
  const width = output.shape.at(-1)!;
  const values = (await output.data()) as Float32Array;
  output.dispose();
  return Array.from({ length: indices.length }, (_, row) => values.subarray(row * width, (row + 1) * width));
}

/** Half precision and many classes lose some digits of a sum. */
export function sumToOne(outputs: Float32Array): boolean {
  const sum = outputs.reduce((total, value) => total + value, 0);
  return outputs.every((value) => value >= 0) && Math.abs(sum - 1) < 1e-2;
}

/** Share of predictions equal to what was expected; null where either is missing. */
export function shareEqual(
  predictions: Predictions | null,
  expected: ArrayLike<number> | null | undefined,
): number | null {
  if (!predictions || !expected) return null;
  const { classes } = predictions;
  return classes.reduce((count, top, index) => count + Number(top === expected[index]), 0) / classes.length;
}
