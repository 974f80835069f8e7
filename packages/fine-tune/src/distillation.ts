import { FuseInitError, type Network, type NetworkNode, nodeOf, tensorType } from '@fuseinit/core';
import type { LayerPair, Tensor, TensorFlow } from '@fuseinit/tfjs';
import { type ModelRun, type OutputScores, outputScores } from '@fuseinit/tfjs/internal';

/** What the parts of the loss weigh. */
export interface DistillationOptions {
  /** Of the loss on labels. Default 1. */
  readonly labels?: number;
  /**
   * Of the distance of the outputs. Softmax outputs: `temperature²` times the Kullback-Leibler divergence of
   * the softened probabilities, from the logits (Hinton, Vinyals, Dean 2015). Others: the mean square
   * distance of their pre-activations over the variance of the teacher's in the batch. Default 1.
   */
  readonly outputs?: number;
  /**
   * Of the mean square distance of the pre-activations of `layers`, over the variance of the teacher's.
   * Default 0.
   */
  readonly preActivations?: number;
  /** Softens softmax outputs; above 0. Default 2. */
  readonly temperature?: number;
  /** Where pre-activations are compared; `fusedLayers(report)` gives those of a fusion. */
  readonly layers?: readonly LayerPair[];
}

/** How one output of a student is compared with its teacher's. */
interface OutputComparison {
  /** Whether as probabilities of classes, or as numbers. */
  readonly divergence: boolean;
  /**
   * `scores`: what `student` and `teacher` compute before their activations. `preActivations`: what the
   * output layers do.
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
  /**
   * Of the nodes, how many at the front are those of `layers`; then one for each comparison that reads
   * scores.
   */
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
 * `temperature²` times the mean of the Kullback-Leibler divergence of softened probabilities, a scalar. From
 * logits, so that it is finite where probabilities underflow.
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

type Shape = readonly (number | null)[];

/**
 * @throws ARGUMENT_INVALID for weights or a temperature that make no sense, or outputs of another number.
 * @throws LAYER_UNKNOWN for a layer that isn't there.
 * @throws SHAPE_MISMATCH where the teacher reads or gives another shape than the student.
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

/** How an output is compared: where both models' layers tell which scores stand before it, by those. */
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
  throw new FuseInitError(
    'LAYER_UNKNOWN',
    `The ${role} has no layer ${JSON.stringify(name)}. It has ${network.nodes.map((candidate) => candidate.name).join(', ')}.`,
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
