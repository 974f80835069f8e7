import type { AffineMap } from '@fuseinit/core';
import { findSpans, type Plugin, registryWith } from '../find-spans.js';
import type { SpanRequest } from '../fuse/fuse-options.js';
import { planSpan } from '../fuse/plan-spans.js';
import { graftGraph } from '../graph/graft-graph.js';
import { readGraph } from '../graph/model-graph.js';
import { runGraph } from '../graph/run-graph.js';
import { disposeModel } from '../student/dispose-model.js';
import { replaceRun } from '../student/replace-run.js';
import type { LayersModel, Tensor, TensorFlow } from '../tensorflow.js';

/**
 * What fusing one span alone does to a model's outputs, nothing refitted: their mean square error over the variance of the
 * teacher's. Up to the span, and beside it, layers run once for both.
 *
 * @param map The fused layer's weights, kernel [patchSize, outFeatures].
 * @param inputs One tensor for each of the model's inputs, in its order.
 * @throws SPAN_NOT_FOUND, SPAN_ILLEGAL, KERNEL_TOO_LARGE for what can't be fused as asked.
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
  const { run, lowered, name } = planSpan(graph, registryWith(plugins), found, span, undefined);
  // A copy first, in which activations that are layers of their own stand beside.
  const copy = replaceRun(tf, graph);
  try {
    const copied = readGraph(copy);
    const nodes = run.map(({ id }) => copied.nodes.find((node) => node.id === id)!);
    const student = replaceRun(tf, copied, {
      run: nodes,
      fused: lowered.fused,
      weights: lowered.fused.toWeights(map),
      name,
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
  teacher: ReturnType<typeof readGraph>,
  student: LayersModel,
  changed: string,
  inputs: readonly Tensor[],
): Promise<number> {
  const studentGraph = readGraph(student);
  const grafted = graftGraph(teacher, studentGraph, new Set([changed]));
  const [error, variance] = tf.tidy(() => {
    const wanted = [...teacher.outputs, ...studentGraph.outputs.map(grafted.locate)];
    const outputs = runGraph(grafted, inputs, wanted);
    const sums = teacher.outputs.map((_, index) => {
      const expected = outputs[index]!;
      const came = outputs[index + teacher.outputs.length]!;
      return [came.sub(expected).square().sum(), expected.sub(expected.mean(0)).square().sum()] as const;
    });
    return [tf.addN(sums.map(([e]) => e)), tf.addN(sums.map(([, v]) => v))] as const;
  });
  try {
    const [[of], [over]] = await Promise.all([error.data(), variance.data()]);
    return of === 0 ? 0 : of! / (over || 1);
  } finally {
    tf.dispose([error, variance]);
  }
}
