import type { ModelRun } from '../network/run-network.js';
import type { FuseReport } from '../report/fuse-report.js';
import type { Tensor, TensorFlow } from '../tensorflow.js';

/** A layer of the student and the one of the teacher whose pre-activation it is to give. */
export interface LayerPair {
  readonly student: string;
  readonly teacher: string;
}

/** What the parts of the loss weigh. */
export interface DistillationOptions {
  /** Of the loss on labels. Default 1. */
  readonly labels?: number;
  /**
   * Of the distance of the outputs. Softmax outputs: `temperature²` times the Kullback-Leibler divergence of the softened
   * probabilities, from the logits (Hinton, Vinyals, Dean 2015). Others: the mean square distance of their
   * pre-activations over the variance of the teacher's in the batch. Default 1.
   */
  readonly outputs?: number;
  /** Of the mean square distance of the pre-activations of `layers`, over the variance of the teacher's. Default 0. */
  readonly preActivations?: number;
  /** Softens softmax outputs; above 0. Default 2. */
  readonly temperature?: number;
  /** Where pre-activations are compared; {@link fusedLayers} gives those of a fusion. */
  readonly layers?: readonly LayerPair[];
}

/** The fused layers of a student, each with the teacher's layer whose pre-activation it was solved for. */
export function fusedLayers(report: FuseReport): LayerPair[] {
  return report.spans.map(({ name, layers }) => ({ student: name, teacher: layers.at(-1)! }));
}

/** How one output of a student is compared with its teacher's. */
export interface OutputComparison {
  /** Whether as probabilities of classes, or as numbers. */
  readonly divergence: boolean;
  /**
   * `scores`: what `student` and `teacher` compute before their activations. `preActivations`: what the output layers do.
   * `probabilities`: the outputs, where they are means of probabilities.
   */
  readonly reads: 'scores' | 'preActivations' | 'probabilities';
  readonly student: string | undefined;
  readonly teacher: string | undefined;
}

/** Options with their defaults, and the layers found. */
export interface Distillation {
  readonly labels: number;
  readonly outputs: number;
  readonly preActivations: number;
  readonly temperature: number;
  /** Of the nodes, how many at the front are those of `layers`; then one for each comparison that reads scores. */
  readonly layers: number;
  readonly studentNodes: readonly string[];
  readonly teacherNodes: readonly string[];
  /** Of each output, unless outputs weigh nothing. */
  readonly comparisons: readonly OutputComparison[];
}

/** The weighted distance of a student's run from its teacher's, a scalar. */
export function distillationLoss(
  tf: TensorFlow,
  { outputs, preActivations, temperature, layers, comparisons }: Distillation,
  student: ModelRun,
  taught: ModelRun,
): Tensor {
  let loss: Tensor = tf.scalar(0);
  let scoresAt = layers;
  for (const [index, { divergence, reads }] of comparisons.entries()) {
    const at = reads === 'scores' ? scoresAt++ : index;
    const read = (run: ModelRun) => {
      if (reads === 'scores') return run.preActivations[at]!;
      if (reads === 'preActivations') return run.outputPreActivations[at]!;
      // Logarithms of probabilities are logits of theirs; below the least of float32 they would be infinite.
      return tf.log(tf.clipByValue(run.outputs[at]!, 1e-30, 1));
    };
    const [is, expected] = [read(student), read(taught)];
    const distance = divergence
      ? softenedDivergence(tf, is, expected, temperature)
      : relativeDistance(tf, is, expected);
    loss = loss.add(distance.mul(outputs));
  }
  for (let index = 0; index < layers; index++) {
    const distance = relativeDistance(tf, student.preActivations[index]!, taught.preActivations[index]!);
    loss = loss.add(distance.mul(preActivations / layers));
  }
  return loss;
}

/**
 * `temperature²` times the mean of the Kullback-Leibler divergence of softened probabilities, a scalar. From logits, so
 * that it is finite where probabilities underflow.
 *
 * @param logits Of the student, classes last.
 * @param taught Of the teacher, of the same shape.
 */
export function softenedDivergence(
  tf: TensorFlow,
  logits: Tensor,
  taught: Tensor,
  temperature: number,
): Tensor {
  const expected = tf.logSoftmax(taught.div(temperature));
  const actual = tf.logSoftmax(logits.div(temperature));
  return expected
    .exp()
    .mul(expected.sub(actual))
    .sum(-1)
    .mean()
    .mul(temperature * temperature);
}

/** The mean square distance over the variance of what was expected, a scalar. */
export function relativeDistance(tf: TensorFlow, actual: Tensor, expected: Tensor): Tensor {
  // A batch may be one sample of one number, which has no variance.
  const variance = tf.maximum(tf.moments(expected).variance, 1e-6);
  return tf.squaredDifference(actual, expected).mean().div(variance);
}
