import { FuseInitError } from '@fuseinit/core';
import { type LoweredSpan, lowerSpan, type Registry } from '@fuseinit/registry';
import { describeLayer } from '../graph/describe-layer.js';
import { type GraphNode, isShared, type ModelGraph } from '../graph/model-graph.js';
import type { PlannedSpan } from './plan-spans.js';

/** One layer to solve: a span that becomes it, or a layer after a fusion that is solved anew. */
export interface Step {
  readonly stage: 'fuse' | 'refit';
  /** Name of the layer in the student. */
  readonly name: string;
  /** Nodes of the teacher, by id. */
  readonly run: readonly GraphNode[];
  readonly lowered: LoweredSpan;
  /** Whether what the layer reads depends on an earlier fusion. */
  readonly seesChange: boolean;
}

/**
 * The layers to solve, in the order of the graph: the spans, and with `refit` every affine layer that depends on a
 * fused one and isn't part of a span.
 *
 * A layer is refitted where its own class is what a span of that layer alone becomes: so dense layers and convolutions
 * are, depthwise and separable ones aren't.
 */
export function planSteps(
  graph: ModelGraph,
  registry: Registry,
  spans: readonly PlannedSpan[],
  refit: 'none' | 'downstream',
): Step[] {
  const fusions = new Map(spans.map((span) => [span.run.at(-1)!, span]));
  const inSpans = new Set(spans.flatMap(({ run }) => run));
  const changed = new Set<GraphNode>();
  const steps: Step[] = [];
  for (const node of graph.nodes) {
    const fusion = fusions.get(node);
    const first = fusion?.run[0] ?? node;
    const seesChange = first.inputs.some(({ node: source }) => changed.has(source));
    if (fusion) steps.push({ stage: 'fuse', ...fusion, seesChange });
    if (fusion || seesChange) changed.add(node);
    if (refit === 'none' || !seesChange || inSpans.has(node) || isShared(graph, node)) continue;
    const lowered = lowerAlone(registry, node);
    if (lowered) steps.push({ stage: 'refit', name: node.id, run: [node], lowered, seesChange });
  }
  return steps;
}

function lowerAlone(registry: Registry, node: GraphNode): LoweredSpan | undefined {
  if (node.inputs.length !== 1) return undefined;
  try {
    const lowered = lowerSpan(registry, [describeLayer(node)]);
    return lowered.fused.className === node.layer.getClassName() ? lowered : undefined;
  } catch (error) {
    if (FuseInitError.isInstance(error)) return undefined;
    throw error;
  }
}
