import { type AffineMap, type NdArray, ndArray, relativeMseOfRows, solveAffineRows } from '@fuseinit/core';
import { findSpans, type Plugin, registryWith } from '../find-spans.js';
import type { SpanRequest } from '../fuse/fuse-options.js';
import { planSpan } from '../fuse/plan-spans.js';
import { graftGraph } from '../graph/graft-graph.js';
import { type ModelGraph, readGraph } from '../graph/model-graph.js';
import { runGraph } from '../graph/run-graph.js';
import { disposeModel } from '../student/dispose-model.js';
import { fusedWeights } from '../student/fused-weights.js';
import { replaceRun } from '../student/replace-run.js';
import type { LayersModel, Tensor, TensorFlow } from '../tensorflow.js';

/**
 * What fusing one span alone does to a model's outputs, before their activation: the mean square error that the best affine
 * map of them leaves, over the variance of the teacher's, averaged over the outputs. Such a map is the least that a refit of
 * later layers mends. Up to the span, and beside it, layers run once for both.
 *
 * @param map The fused layer's weights, kernel [patchSize, outFeatures].
 * @param inputs One tensor for each of the model's inputs, in its order.
 * @throws SPAN_NOT_FOUND, SPAN_ILLEGAL, KERNEL_TOO_LARGE for what can't be fused as asked.
 * @throws PLUGIN_FAILED for a plugin whose layer computes something else than `map`.
 */
export async function outputErrorOf(
  teacher: LayersModel,
  options: {
    readonly tf: TensorFlow;
    readonly span: SpanRequest;
    readonly map: AffineMap;
    readonly inputs: readonly Tensor[];
    readonly plugins?: readonly Plugin[];
  },
): Promise<number> {
  const { tf, span, map, inputs, plugins = [] } = options;
  const graph = readGraph(teacher);
  const found = findSpans(teacher, { plugins });
  const { run, lowered, name } = planSpan(graph, registryWith(plugins), found, span);
  // A copy first, in which activations that are layers of their own stand beside.
  const copy = replaceRun(tf, graph);
  try {
    const copied = readGraph(copy);
    const nodes = run.map(({ id }) => copied.nodes.find((node) => node.id === id)!);
    const student = replaceRun(tf, copied, {
      run: nodes,
      fused: lowered.fused,
      weights: await fusedWeights(tf, { name, lowered }, map),
      name,
      plugin: lowered.plugin,
    });
    try {
      return await errorOf(tf, graph, student, name, inputs);
    } finally {
      disposeModel(student);
    }
  } finally {
    disposeModel(copy);
  }
}

async function errorOf(
  tf: TensorFlow,
  teacher: ModelGraph,
  student: LayersModel,
  changed: string,
  inputs: readonly Tensor[],
): Promise<number> {
  const studentGraph = readGraph(student);
  const grafted = graftGraph(teacher, studentGraph, new Set([changed]));
  const wanted = [...teacher.outputs, ...studentGraph.outputs.map(grafted.locate)].map((output) => ({
    ...output,
    beforeActivation: true,
  }));
  const tensors = tf.tidy(() => runGraph(grafted, inputs, wanted).map((tensor) => tensor.clone()));
  try {
    const outputs = await Promise.all(tensors.map(rowsOf));
    const errors = teacher.outputs.map((_, index) =>
      leftError(outputs[index + teacher.outputs.length]!, outputs[index]!),
    );
    return errors.reduce((sum, error) => sum + error, 0) / errors.length;
  } finally {
    tf.dispose(tensors);
  }
}

/** Rows that are looked at, half of them to map and half to measure on: more tell little more. */
const mostRows = 512;

/** Numbers of the last axis as rows, evenly spread where there are many positions. */
async function rowsOf(tensor: Tensor): Promise<NdArray> {
  const columns = tensor.shape.at(-1)!;
  const values = await tensor.data();
  const rows = values.length / columns;
  const kept = Math.min(rows, mostRows);
  const data = new Float64Array(kept * columns);
  for (let row = 0; row < kept; row++) {
    const from = Math.floor((row * rows) / kept) * columns;
    for (let column = 0; column < columns; column++) data[row * columns + column] = values[from + column]!;
  }
  return { shape: [kept, columns], data };
}

/** What the best affine map of a student's outputs leaves of its teacher's: a poor one is no better than none. */
function leftError(student: NdArray, teacher: NdArray): number {
  const [rows, columns] = student.shape as [number, number];
  const prior = {
    kernel: ndArray(
      [columns, columns],
      Float64Array.from({ length: columns ** 2 }, (_, index) => Number(index % (columns + 1) === 0)),
    ),
    bias: ndArray([columns], new Float64Array(columns)),
  };
  const half = Math.floor(rows / 2);
  if (half < 2) return relativeMseOfRows({ inputs: student, targets: teacher }, prior);
  const part = ({ data }: NdArray, from: number, to: number) =>
    ndArray([to - from, columns], data.slice(from * columns, to * columns));
  return solveAffineRows(part(student, 0, half), part(teacher, 0, half), {
    ridge: 'auto',
    prior,
    heldOut: { inputs: part(student, half, rows), targets: part(teacher, half, rows) },
  }).heldOutRelativeMse!;
}
