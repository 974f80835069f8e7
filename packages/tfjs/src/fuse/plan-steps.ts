import { describeNode, FuseInitError, type Network, type NetworkNode, sharedLayers } from '@fuseinit/core';
import { type LoweredSpan, lowerSpan, type Registry } from '@fuseinit/registry';
import { sourceOf } from '../network/layer-internals.js';
import { hasSeparableActivation } from '../network/pre-activation.js';
import type { FuseOptions } from './fuse-options.js';
import type { FusedSpan } from './replace-span.js';
import { constraintsOf, isFrozen, type Unfitted } from './training-settings.js';

/** One layer to solve: a span that becomes it, or a layer after a fusion that is solved anew. */
export interface Step extends FusedSpan {
  readonly stage: 'fuse' | 'refit';
  /**
   * Passes over the data that must be over before this layer's: 0 where it reads what the teacher computes.
   */
  readonly pass: number;
}

export interface PlannedSteps {
  readonly steps: readonly Step[];
  readonly unfitted: readonly Unfitted[];
}

/**
 * The layers to solve, pass by pass and within one in the order of the network: the spans, and with `refit`
 * every affine layer that depends on a fused one and isn't part of a span.
 *
 * Layers share a pass over the data where none reads what another one of them changes.
 *
 * A layer is refitted where its own class is what a span of that layer alone becomes: so dense layers and
 * convolutions are, depthwise and separable ones aren't. Layers with constraints aren't, since a solution
 * would break them; nor are frozen ones without `refitFrozen`, nor those whose activation can't be put aside.
 */
export function planSteps(
  network: Network,
  registry: Registry,
  spans: readonly FusedSpan[],
  {
    refit = 'downstream',
    refitFrozen = false,
    propagate = 'student',
  }: Pick<FuseOptions, 'refit' | 'refitFrozen' | 'propagate'>,
): PlannedSteps {
  const fusions = new Map(spans.map((span) => [span.nodes.at(-1)!, span]));
  const shared = sharedLayers(network);
  const inSpans = new Set(spans.flatMap(({ nodes }) => nodes));
  // Passes that must be over before the student computes what it ends with at a node.
  const depths = new Map<string, number>();
  const steps: Step[] = [];
  const unfitted: Unfitted[] = [];
  const most = refit === 'downstream' ? Number.POSITIVE_INFINITY : refit === 'none' ? 0 : refit;
  let left = most;
  for (const node of network.nodes) {
    const fusion = fusions.get(node);
    const depth = Math.max(0, ...(fusion?.nodes[0] ?? node).inputs.map((input) => depths.get(input.node)!));
    let step: Step | undefined = fusion
      ? { stage: 'fuse' as const, ...fusion, pass: propagate === 'student' ? depth : 0 }
      : left > 0 && depth > 0 && !inSpans.has(node) && !shared.has(node.layer)
        ? refitOf(network, registry, node, depth)
        : undefined;
    const reason = step?.stage === 'refit' ? reasonToKeep(network, node, refitFrozen) : undefined;
    if (reason) {
      unfitted.push({ node, reason });
      step = undefined;
    }
    if (fusion) left = most;
    else if (step) left--;
    if (step) steps.push(step);
    depths.set(node.name, step ? Math.max(depth, step.pass + 1) : depth);
  }
  return { steps: steps.sort((first, second) => first.pass - second.pass), unfitted };
}

function reasonToKeep(
  network: Network,
  node: NetworkNode,
  refitFrozen: boolean,
): Unfitted['reason'] | undefined {
  if (!hasSeparableActivation(sourceOf(node.layer)!)) return 'hiddenActivation';
  if (constraintsOf(node).length > 0) return 'constrained';
  return !refitFrozen && isFrozen(network, node) ? 'frozen' : undefined;
}

function refitOf(network: Network, registry: Registry, node: NetworkNode, pass: number): Step | undefined {
  const lowered = lowerAlone(network, registry, node);
  return lowered && { stage: 'refit', name: node.name, nodes: [node], lowered, pass };
}

export function lowerAlone(network: Network, registry: Registry, node: NetworkNode): LoweredSpan | undefined {
  if (node.inputs.length !== 1) return undefined;
  try {
    const lowered = lowerSpan(registry, [describeNode(network, node)]);
    return lowered.fused.className === node.layer.className ? lowered : undefined;
  } catch (error) {
    if (!FuseInitError.isInstance(error) || error.code === 'PLUGIN_FAILED') throw error;
    return undefined;
  }
}
