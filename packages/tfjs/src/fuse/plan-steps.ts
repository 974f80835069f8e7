import {
  describeNode,
  FuseInitError,
  type Network,
  type NetworkNode,
  nodeOf,
  sharedLayers,
} from '@fuseinit/core';
import { type LoweredSpan, lowerSpan, type Registry } from '@fuseinit/registry';
import { sourceOf } from '../network/layer-internals.js';
import { hasSeparableActivation } from '../network/pre-activation.js';
import type { FuseOptions } from './fuse-options.js';
import type { FusedSpan } from './replace-span.js';
import { constraintsOf, isFrozen, type Unfitted } from './training-settings.js';

/** One layer to solve: the fused layer of a span, or a refitted layer after a fusion. */
export interface Step extends FusedSpan {
  readonly stage: 'fuse' | 'refit';
  /**
   * The number of passes over the data that must be completed before this layer's: 0 if the teacher computes
   * its inputs.
   */
  readonly pass: number;
}

export interface PlannedSteps {
  readonly steps: readonly Step[];
  readonly unfitted: readonly Unfitted[];
}

/**
 * Plans the layers to solve, by pass and then in the order of the network: the spans and, with `refit`, every
 * affine layer that depends on a fused one and isn't part of a span.
 *
 * Layers share a pass over the data if none reads anything that another one of them changes.
 *
 * A layer can be refitted if a span of that layer alone becomes a layer of the same class: this holds for
 * dense layers and convolutions, but not for depthwise and separable ones. Layers aren't refitted if they
 * have constraints, which a solution would violate, if they are frozen (unless `refitFrozen` is set), or if
 * their activation can't be separated from them.
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
  // The number of passes that must be completed before the student computes its final output of a node.
  const depths = new Map<string, number>();
  const steps: Step[] = [];
  const unfitted: Unfitted[] = [];
  const named = typeof refit === 'object' ? layersNamed(network, refit) : undefined;
  const most = typeof refit === 'number' ? refit : refit === 'none' ? 0 : Number.POSITIVE_INFINITY;
  let left = most;
  for (const node of network.nodes) {
    const fusion = fusions.get(node);
    const depth = Math.max(0, ...(fusion?.nodes[0] ?? node).inputs.map((input) => depths.get(input.node)!));
    let step: Step | undefined = fusion
      ? { stage: 'fuse' as const, ...fusion, pass: propagate === 'student' ? depth : 0 }
      : left > 0 && (named?.has(node) ?? true) && depth > 0 && !inSpans.has(node) && !shared.has(node.layer)
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

/** The names of the layers that are refitted if they depend on a fused one and aren't part of a span. */
export function refittableLayers(
  network: Network,
  registry: Registry,
  refitFrozen: boolean,
): ReadonlySet<string> {
  const shared = sharedLayers(network);
  const nodes = network.nodes.filter(
    (node) =>
      !shared.has(node.layer) &&
      lowerAlone(network, registry, node) &&
      reasonToKeep(network, node, refitFrozen) === undefined,
  );
  return new Set(nodes.map(({ name }) => name));
}

function layersNamed(network: Network, names: readonly string[]): Set<NetworkNode> {
  return new Set(names.map((name) => nodeOf(network, name)));
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
