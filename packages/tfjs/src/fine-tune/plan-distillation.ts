import { FuseInitError, type Network, type NetworkNode, nodeOf, tensorType } from '@fuseinit/core';
import { type OutputScores, outputScores } from '../network/output-activation.js';
import type { Distillation, DistillationOptions, OutputComparison } from './distillation.js';

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
