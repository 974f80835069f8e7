import {
  didYouMean,
  FuseInitError,
  listNames,
  type Network,
  type NetworkNode,
  nodeOf,
  tensorType,
} from '@fuseinit/core';
import type { LayerPair, Tensor, TensorFlow } from '@fuseinit/tfjs';
import { type ModelRun, type OutputScores, outputScores } from '@fuseinit/tfjs/internal';

/** The weights of the parts of the loss. */
export interface DistillationOptions {
  /** The weight of the loss on labels. Default 1. */
  readonly labels?: number;
  /**
   * The weight of the distance between the outputs. For softmax outputs, the distance is `temperature²` times
   * the Kullback-Leibler divergence of the softened probabilities, computed from the logits (Hinton, Vinyals,
   * Dean 2015). For others, it is the mean square distance of their pre-activations divided by the variance
   * of the teacher's in the batch. Default 1.
   */
  readonly outputs?: number;
  /**
   * The weight of the mean square distance of the pre-activations of `layers`, divided by the variance of the
   * teacher's. Default 0.
   */
  readonly preActivations?: number;
  /** The temperature that softens softmax outputs, above 0. Default 2. */
  readonly temperature?: number;
  /** The layers whose pre-activations are compared; `fusedLayers(report)` returns those of a fusion. */
  readonly layers?: readonly LayerPair[];
}

/** How one output of a student is compared with its teacher's. */
interface OutputComparison {
  /** Whether the outputs are compared as class probabilities rather than as numbers. */
  readonly divergence: boolean;
  /**
   * The tensors that are compared. `scores`: the outputs of `student` and `teacher` before their activations.
   * `preActivations`: the pre-activations of the output layers. `probabilities`: the outputs themselves,
   * where they are means of probabilities.
   */
  readonly reads: 'scores' | 'preActivations' | 'probabilities';
  readonly student: string | undefined;
  readonly teacher: string | undefined;
}

/** The options with their defaults, and the nodes that are compared. */
export interface Distillation {
  readonly labels: number;
  readonly outputs: number;
  readonly preActivations: number;
  readonly temperature: number;
  /**
   * The number of leading nodes in `studentNodes` and `teacherNodes` that belong to `layers`; one for each
   * comparison that reads scores follows.
   */
  readonly layers: number;
  readonly studentNodes: readonly string[];
  readonly teacherNodes: readonly string[];
  /** The comparison of each output; empty if outputs have no weight. */
  readonly comparisons: readonly OutputComparison[];
}

/** The weighted distance between a student's run and its teacher's, a scalar. */
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
      // Logarithms of probabilities are valid logits. The probabilities are clipped, since the logarithm of 0
      // is infinite.
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
 * `temperature²` times the mean of the Kullback-Leibler divergence of softened probabilities, a scalar. It is
 * computed from logits, so that it is finite where probabilities underflow.
 *
 * @param logits The student's logits, with classes on the last axis.
 * @param taught The teacher's logits, of the same shape.
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

/** The mean square distance divided by the variance of the expected values, a scalar. */
export function relativeDistance(tf: TensorFlow, actual: Tensor, expected: Tensor): Tensor {
  // A batch may be a single number, which has no variance.
  const variance = tf.maximum(tf.moments(expected).variance, 1e-6);
  return tf.squaredDifference(actual, expected).mean().div(variance);
}

type Shape = readonly (number | null)[];

/**
 * @throws ARGUMENT_INVALID for weights or a temperature that make no sense, or models with different numbers
 *   of outputs.
 * @throws LAYER_UNKNOWN for a layer that doesn't exist.
 * @throws SHAPE_MISMATCH if the input or output shapes of teacher and student differ.
 */
export function planDistillation(
  student: Network,
  teacher: Network,
  options: DistillationOptions = {},
): Distillation {
  const { labels = 1, outputs = 1, preActivations = 0, temperature = 2, layers = [] } = options;
  for (const [name, value] of Object.entries({ labels, outputs, preActivations })) {
    if (!(Number.isFinite(value) && value >= 0)) {
      throw invalid(`distillation.${name} is ${value}: a number from 0 was expected.`);
    }
  }
  if (labels + outputs + preActivations === 0) {
    throw invalid('distillation weighs labels, outputs and preActivations by 0: one above 0 was expected.');
  }
  if (!(Number.isFinite(temperature) && temperature > 0)) {
    throw invalid(`distillation.temperature is ${temperature}: a number above 0 was expected.`);
  }
  if (preActivations > 0 && layers.length === 0) {
    throw invalid(
      'distillation.preActivations weighs no layer: name some in distillation.layers; fusedLayers(report) gives those of a fusion.',
    );
  }
  const used = preActivations > 0 ? layers : [];
  const studentNodes = used.map((pair) => nodeNamed(student, pair.student, 'student'));
  const teacherNodes = used.map((pair) => nodeNamed(teacher, pair.teacher, 'teacher'));
  requireSameShapes('inputs', inputShapes(student), inputShapes(teacher));
  if (outputs > 0) requireSameShapes('outputs', outputShapes(student), outputShapes(teacher));
  for (const [index, { student: own, teacher: other }] of used.entries()) {
    const [is, expected] = [shapeOf(studentNodes[index]!), shapeOf(teacherNodes[index]!)];
    if (!fits(is, expected)) {
      throw new FuseInitError(
        'SHAPE_MISMATCH',
        `Layer "${own}" of the student gives ${inBrackets(is)} and "${other}" of the teacher ${inBrackets(expected)}: pairs in distillation.layers of the same shape were expected.`,
        { layerName: own },
      );
    }
  }
  const comparisons =
    outputs > 0 ? teacher.outputs.map((_, index) => comparisonOf(student, teacher, index)) : [];
  const scored = comparisons.filter(({ reads }) => reads === 'scores');
  return {
    labels,
    outputs,
    preActivations,
    temperature,
    layers: used.length,
    comparisons,
    studentNodes: [...studentNodes.map(({ name }) => name), ...scored.map(({ student: node }) => node!)],
    teacherNodes: [...teacherNodes.map(({ name }) => name), ...scored.map(({ teacher: node }) => node!)],
  };
}

/**
 * The comparison of an output: by the scores before its activation, if they can be determined from the layers
 * of both models.
 */
function comparisonOf(student: Network, teacher: Network, index: number): OutputComparison {
  const own = outputScores(student, student.outputs[index]!);
  const taught = outputScores(teacher, teacher.outputs[index]!);
  const isClasswise = ({ activation }: OutputScores) =>
    activation === 'softmax' || activation === 'logSoftmax';
  const divergence = isClasswise(taught);
  const nodes = { divergence, student: own.node, teacher: taught.node };
  if (
    own.node &&
    taught.node &&
    fits(shapeOf(nodeOf(student, own.node)), shapeOf(nodeOf(teacher, taught.node)))
  )
    return { ...nodes, reads: 'scores' };
  if (!divergence || !isClasswise(own)) return { ...nodes, reads: 'preActivations' };
  return { ...nodes, reads: 'probabilities' };
}

function nodeNamed(network: Network, name: string, role: string): NetworkNode {
  const node = network.nodes.find((candidate) => candidate.name === name);
  if (node) return node;
  const names = network.nodes.map((candidate) => candidate.name);
  throw new FuseInitError(
    'LAYER_UNKNOWN',
    `The ${role} has no layer ${JSON.stringify(name)}.${didYouMean(name, names)} It has ${listNames(names)}.`,
    { layerName: name },
  );
}

function requireSameShapes(what: string, student: readonly Shape[], teacher: readonly Shape[]): void {
  if (student.length !== teacher.length) {
    throw invalid(
      `The teacher has ${teacher.length} ${what} and the student ${student.length}: as many were expected.`,
    );
  }
  if (student.every((shape, index) => fits(shape, teacher[index]!))) return;
  throw new FuseInitError(
    'SHAPE_MISMATCH',
    `The teacher's ${what} are ${teacher.map(inBrackets).join(', ')} and the student's ${student.map(inBrackets).join(', ')}: the same shapes were expected.`,
  );
}

/** Whether two shapes agree where both are known. */
function fits(shape: Shape, other: Shape): boolean {
  return (
    shape.length === other.length &&
    shape.every((length, axis) => {
      const expected = other[axis]!;
      return length === null || expected === null || length === expected;
    })
  );
}

const inputShapes = (network: Network) => network.inputs.map((name) => shapeOf(nodeOf(network, name)));
const outputShapes = (network: Network) => network.outputs.map((ref) => tensorType(network, ref).shape);
const shapeOf = ({ outputs: [type] }: NetworkNode) => type!.shape;
const inBrackets = (shape: Shape) => `[${['any', ...shape.map((length) => length ?? 'any')].join(',')}]`;

function invalid(message: string): FuseInitError {
  return new FuseInitError('ARGUMENT_INVALID', message);
}
