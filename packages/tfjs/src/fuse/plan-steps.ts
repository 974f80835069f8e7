import { FuseInitError } from '@fuseinit/core';
import { type LoweredSpan, lowerSpan, type Registry } from '@fuseinit/registry';
import { describeLayer } from '../graph/describe-layer.js';
import { type GraphNode, isShared, type ModelGraph } from '../graph/model-graph.js';
import type { FuseOptions } from './fuse-options.js';
import type { PlannedSpan } from './plan-spans.js';
import { constraintsOf, isFrozen, type Unfitted } from './training-settings.js';

/** One layer to solve: a span that becomes it, or a layer after a fusion that is solved anew. */
export interface Step {
  readonly stage: 'fuse' | 'refit';
  /** Name of the layer in the student. */
  readonly name: string;
  /** Nodes of the teacher, by id. */
  readonly run: readonly GraphNode[];
  readonly lowered: LoweredSpan;
  /** Passes over the data that must be over before this layer's: 0 where it reads what the teacher computes. */
  readonly pass: number;
}

export interface PlannedSteps {
  readonly steps: readonly Step[];
  readonly unfitted: readonly Unfitted[];
}

/**
 * The layers to solve, pass by pass and within one in the order of the graph: the spans, and with `refit` every affine
 * layer that depends on a fused one and isn't part of a span.
 *
 * Layers share a pass over the data where none reads what another one of them changes.
 *
 * A layer is refitted where its own class is what a span of that layer alone becomes: so dense layers and convolutions
 * are, depthwise and separable ones aren't. Layers with constraints aren't, since a solution would break them; nor are
 * frozen ones without `refitFrozen`.
 */
export function planSteps(
  graph: ModelGraph,
  registry: Registry,
  spans: readonly PlannedSpan[],
  {
    refit = 'downstream',
    refitFrozen = false,
    propagate = 'student',
  }: Pick<FuseOptions, 'refit' | 'refitFrozen' | 'propagate'>,
): PlannedSteps {
  const fusions = new Map(spans.map((span) => [span.run.at(-1)!, span]));
  const inSpans = new Set(spans.flatMap(({ run }) => run));
  // Passes that must be over before the student computes what it ends with at a node.
  const depths = new Map<GraphNode, number>();
  const steps: Step[] = [];
  const unfitted: Unfitted[] = [];
  for (const node of graph.nodes) {
    const fusion = fusions.get(node);
    const depth = Math.max(0, ...(fusion?.run[0] ?? node).inputs.map((input) => depths.get(input.node)!));
    let step: Step | undefined = fusion
      ? { stage: 'fuse' as const, ...fusion, pass: propagate === 'student' ? depth : 0 }
      : refit === 'downstream' && depth > 0 && !inSpans.has(node) && !isShared(graph, node)
        ? refitOf(registry, node, depth)
        : undefined;
    const reason = step?.stage === 'refit' ? reasonToKeep(graph, node, refitFrozen) : undefined;
    if (reason) {
      unfitted.push({ node, reason });
      step = undefined;
    }
    if (step) steps.push(step);
    depths.set(node, step ? Math.max(depth, step.pass + 1) : depth);
  }
  return { steps: steps.sort((first, second) => first.pass - second.pass), unfitted };
}

function reasonToKeep(
  graph: ModelGraph,
  node: GraphNode,
  refitFrozen: boolean,
): Unfitted['reason'] | undefined {
  if (constraintsOf(node).length > 0) return 'constrained';
  return !refitFrozen && isFrozen(graph, node) ? 'frozen' : undefined;
}

function refitOf(registry: Registry, node: GraphNode, pass: number): Step | undefined {
  const lowered = lowerAlone(registry, node);
  return lowered && { stage: 'refit', name: node.id, run: [node], lowered, pass };
}

function lowerAlone(registry: Registry, node: GraphNode): LoweredSpan | undefined {
  if (node.inputs.length !== 1) return undefined;
  try {
    const lowered = lowerSpan(registry, [describeLayer(node)]);
    return lowered.fused.className === node.layer.getClassName() ? lowered : undefined;
  } catch (error) {
    if (!FuseInitError.isInstance(error) || error.code === 'PLUGIN_FAILED') throw error;
    return undefined;
  }
}
