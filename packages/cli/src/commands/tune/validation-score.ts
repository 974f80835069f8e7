import { setImmediate } from 'node:timers/promises';
import { requireNotAborted } from '@fuseinit/core';
import { evaluate, joinScores, type LabelledData, type Score } from '@fuseinit/planner';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import {
  classThreshold,
  hasIndependentOutputs,
  type LabelTask,
  outputActivation,
  outputTask,
  outputWidth,
  predictBatch,
} from '@fuseinit/tfjs/internal';
import type { LabelLoss } from './label-loss.js';
import type { LabelledSamples } from './tune-student.js';

/** What a student's outputs on the validation samples are scored by. */
export interface ValidationScore {
  /** The labels, or the teacher's classes where there are none. */
  readonly by: 'labels' | 'teacher';
  of(student: LayersModel): Promise<Score>;
}

/** A loss on labels and the task of the labels. */
export interface LabelGoal {
  readonly loss: LabelLoss;
  readonly task: LabelTask;
}

/**
 * Scores students on validation samples: by their labels or, without any, by the share of samples for which
 * the student chooses the teacher's class.
 *
 * @param batchSize The number of samples that are run at a time.
 * @returns undefined if there are no labels and the teacher's outputs aren't those of a classifier.
 * @throws ABORTED when the signal fires, also later from the score.
 */
export async function validationScore(
  tf: TensorFlow,
  { xs, ys }: LabelledSamples,
  goal: LabelGoal | undefined,
  teacher: LayersModel | undefined,
  batchSize: number,
  signal: AbortSignal,
): Promise<ValidationScore | undefined> {
  const batches = () => batchesOf(xs, batchSize, signal);
  const scoredBy = (labels: Float32Array, rules: Pick<LabelledData, 'task' | 'threshold'>) => {
    const width = labels.length / xs.shape[0]!;
    return async (student: LayersModel) => {
      const parts: Score[] = [];
      for await (const { data, shape, first } of batches()) {
        const own = labels.subarray(first * width, (first + shape[0]!) * width);
        parts.push(await evaluate(tf, student, { data, shape, labels: own, ...rules }, batchSize));
      }
      return joinScores(parts);
    };
  };
  if (ys && goal) {
    const threshold = thresholdOf(goal.loss);
    const rules = { task: goal.task, ...(threshold !== undefined && { threshold }) };
    return { by: 'labels', of: scoredBy(ys.data, rules) };
  }
  if (!teacher || !choosesClasses(teacher)) return undefined;
  const width = outputWidth(teacher);
  const threshold = width === 1 ? classThreshold(teacher) : undefined;
  const classes = new Float32Array(xs.shape[0]!);
  for await (const { data, shape, first } of batches()) {
    const chosen = tf.tidy(() => {
      const scores = predictBatch(teacher, [tf.tensor(data, shape)])[0]!.reshape([shape[0]!, width]);
      return threshold === undefined ? scores.argMax(1) : scores.greater(threshold).flatten();
    });
    classes.set(await chosen.data(), first);
    chosen.dispose();
  }
  const rules = { task: 'classification' as const, ...(threshold !== undefined && { threshold }) };
  return { by: 'teacher', of: scoredBy(classes, rules) };
}

/** Yields samples in batches, and lets the event loop see to a signal between them. */
async function* batchesOf(
  { data, shape }: LabelledSamples['xs'],
  batchSize: number,
  signal: AbortSignal,
): AsyncGenerator<{ readonly data: Float32Array; readonly shape: number[]; readonly first: number }> {
  const [count, ...sample] = shape as readonly [number, ...number[]];
  const size = data.length / count;
  for (let first = 0; first < count; first += batchSize) {
    await setImmediate();
    requireNotAborted(signal, 'validation');
    const end = Math.min(count, first + batchSize);
    yield { data: data.subarray(first * size, end * size), shape: [end - first, ...sample], first };
  }
}

/** The threshold for one output or for several labels: the loss tells probabilities from logits. */
function thresholdOf({ name }: LabelLoss): number | undefined {
  if (!name.startsWith('binary')) return undefined;
  return name.endsWith('FromLogits') ? 0 : 0.5;
}

/** Whether the largest number of an output row, or one probability, stands for a class. */
function choosesClasses(teacher: LayersModel): boolean {
  const isRow = teacher.outputs[0]!.shape.slice(1).every((length) => length !== null);
  return (
    isRow &&
    outputTask(teacher) === 'classification' &&
    teacher.outputs[0]!.shape.at(-1) === outputWidth(teacher) &&
    (outputWidth(teacher) === 1 ? outputActivation(teacher) !== 'other' : !hasIndependentOutputs(teacher))
  );
}
