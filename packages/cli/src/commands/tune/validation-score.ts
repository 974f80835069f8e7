import { evaluate, type Score } from '@fuseinit/planner';
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
import { readSize } from '../../data/open-samples.js';
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
 * @returns undefined if there are no labels and the teacher's outputs aren't those of a classifier.
 */
export async function validationScore(
  tf: TensorFlow,
  { xs, ys }: LabelledSamples,
  goal: LabelGoal | undefined,
  teacher: LayersModel | undefined,
): Promise<ValidationScore | undefined> {
  if (ys && goal) {
    const threshold = thresholdOf(goal.loss);
    const labelled = {
      ...xs,
      labels: ys.data,
      task: goal.task,
      ...(threshold !== undefined && { threshold }),
    };
    return { by: 'labels', of: (student) => evaluate(tf, student, labelled, readSize) };
  }
  if (!teacher || !choosesClasses(teacher)) return undefined;
  const labels = await classesOf(tf, teacher, xs);
  const labelled = { ...xs, labels, task: 'classification' as const };
  const threshold = outputWidth(teacher) === 1 ? { threshold: classThreshold(teacher) } : {};
  return { by: 'teacher', of: (student) => evaluate(tf, student, { ...labelled, ...threshold }, readSize) };
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

async function classesOf(
  tf: TensorFlow,
  teacher: LayersModel,
  { data, shape }: LabelledSamples['xs'],
): Promise<Int32Array> {
  const [count, ...sample] = shape as readonly [number, ...number[]];
  const size = data.length / count;
  const width = outputWidth(teacher);
  const threshold = width === 1 ? classThreshold(teacher) : 0;
  const classes = new Int32Array(count);
  for (let first = 0; first < count; first += readSize) {
    const end = Math.min(count, first + readSize);
    const output = tf.tidy(() => {
      const inputs = tf.tensor(data.subarray(first * size, end * size), [end - first, ...sample]);
      const scores = predictBatch(teacher, [inputs])[0]!.reshape([end - first, width]);
      return width === 1 ? scores.greater(threshold).flatten() : scores.argMax(1);
    });
    classes.set(await output.data(), first);
    output.dispose();
  }
  return classes;
}
