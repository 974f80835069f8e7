import {
  describeNode,
  FuseInitError,
  type LoweredLayer,
  type Network,
  type NetworkLayer,
  type NetworkNode,
  nodeOf,
  readersOf,
  sharedLayers,
  type TensorRef,
  tensorKey,
  tensorType,
} from '@fuseinit/core';
import { describeRegion, lowerSpan, type Region, type Registry, regionBetween } from '@fuseinit/registry';
import { type FusedSpan, replaceSpan } from './fuse/replace-span.js';
import { withInputShapes } from './network/input-lengths.js';
import { sourceOf } from './network/layer-internals.js';
import { misledByMasks } from './network/mask-flow.js';
import { requireDeclaredActivation, requireSeparableActivation } from './network/pre-activation.js';
import { readNetwork } from './network/read-network.js';
import { requireModel } from './network/require-model.js';
import { type Plugin, registryWith } from './plugins.js';
import type { LayersModel } from './tensorflow.js';

/**
 * Layers that can be fused into one: a chain of layers, or any part of the network that reads one tensor and
 * outputs one.
 */
export interface LegalSpan {
  /** The first layer, in the order of the network. */
  readonly from: string;
  /** The layer whose output is the output of the span. */
  readonly to: string;
  /** All layers of the span, in the order of the network. */
  readonly layers: readonly string[];
  /** The class of the fused layer. */
  readonly className: string;
  /**
   * The kernel size of the fused convolution that covers the whole receptive field; null for a dense layer.
   */
  readonly kernelSize: readonly number[] | null;
}

/** Layers that can't be fused, with the reason in words. */
export interface IllegalSpan {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** The spans of a model, and the layers beyond which no span can extend. */
export interface FoundSpans {
  readonly legal: readonly LegalSpan[];
  readonly illegal: readonly IllegalSpan[];
}

/**
 * Finds every part of a model that {@link fuse} accepts as a span, and the reason for each span that can't be
 * continued.
 *
 * A span reads one tensor and outputs one: a chain of layers, a residual block with its `Add`, or branches
 * and the layer that joins them.
 *
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for anything but a built LayersModel that isn't
 *   disposed.
 * @throws ARGUMENT_INVALID, SPEC_VERSION_UNSUPPORTED, PLUGIN_CONFLICT for invalid plugins, or plugins given
 *   twice.
 * @throws PLUGIN_FAILED if a plugin throws, or returns something that the contract or the model's shapes
 *   don't allow.
 */
export function findSpans(
  model: LayersModel,
  options: { readonly plugins?: readonly Plugin[] } = {},
): FoundSpans {
  requireModel(model);
  const network = readNetwork(model);
  return spansOf(withInputShapes(network), registryWith(options.plugins), network);
}

/**
 * Finds the spans of a network as {@link findSpans} does.
 *
 * @param network The network with all its input lengths resolved.
 * @param open The network as it was read, with lengths that may be open. A fused layer that reads all
 *   positions can't be applied to open lengths.
 */
export function spansOf(network: Network, registry: Registry, open: Network = network): FoundSpans {
  const search = createSearch(network, registry, open);
  const legal: LegalSpan[] = [];
  const illegal: IllegalSpan[] = [];
  const inputs = new Map<string, TensorRef>();
  for (const node of network.nodes) {
    if (node.inputs.length === 0) continue;
    const { lowered, reason } = search.layers.get(node.name)!;
    if (reason !== undefined && (!lowered || lowered.roles.begins)) {
      illegal.push({ from: node.name, to: node.name, reason });
    }
    for (const input of node.inputs) inputs.set(tensorKey(input), input);
  }
  for (const input of inputs.values()) {
    for (const span of spansFrom(search, input)) {
      if ('reason' in span) illegal.push(span);
      else legal.push(span);
    }
  }
  const place = new Map(network.nodes.map(({ name }, index) => [name, index]));
  const inOrder = (one: { from: string; to: string }, other: { from: string; to: string }) =>
    place.get(one.from)! - place.get(other.from)! || place.get(one.to)! - place.get(other.to)!;
  return { legal: legal.sort(inOrder), illegal: illegal.sort(inOrder) };
}

/**
 * Finds one span of a network without looking at any other. Returns undefined if the layers form no legal
 * span; {@link spansOf} gives the reason.
 *
 * @param from The first layer of the span, or of one of the branches that begin it.
 */
export function spanOf(
  network: Network,
  registry: Registry,
  { from, to }: { readonly from: string; readonly to: string },
  open: Network = network,
): LegalSpan | undefined {
  const [input] = nodeOf(network, from).inputs;
  const region = input && regionBetween(network, input, nodeOf(network, to));
  if (!region?.nodes.some(({ name }) => name === from)) return undefined;
  const search = createSearch(network, registry, open);
  const layers = region.nodes.map(({ name }) => search.layers.get(name)!);
  if (layers.some(({ reason }) => reason !== undefined) || !layers.at(-1)!.lowered!.roles.ends)
    return undefined;
  if (!holdsSpan(search, region) || leakOf(search, region)) return undefined;
  const span = asSpan(search, region);
  return 'reason' in span ? undefined : span;
}

/** The data that a search for spans reads. */
interface Search {
  readonly network: Network;
  readonly open: Network;
  /** The registry, which returns the layers of the network as they were lowered once. */
  readonly registry: Registry;
  readonly layers: ReadonlyMap<string, SearchedLayer>;
  readonly outputs: ReadonlySet<string>;
  readonly hasMasks: boolean;
  /** The first layer that would get a different mask in a student even if no layer were fused. */
  readonly misled: NetworkNode | undefined;
}

interface SearchedLayer {
  readonly node: NetworkNode;
  readonly readers: readonly NetworkNode[];
  /** The lowered layer; undefined if it can't be lowered. */
  readonly lowered: LoweredLayer | undefined;
  /** The reason why no span can contain the layer; undefined if one may. */
  readonly reason: string | undefined;
}

function createSearch(network: Network, registry: Registry, open: Network): Search {
  const shared = sharedLayers(network);
  const readers = readersOf(network);
  const layers = new Map<string, SearchedLayer>();
  for (const node of network.nodes) {
    const { value, reason } =
      node.inputs.length > 0
        ? attempt(() => registry.lower(describeNode(network, node)))
        : { reason: `The layer ${quote(node)} is an input of the model.` };
    layers.set(node.name, {
      node,
      readers: readers.get(node.name)!,
      lowered: value,
      reason: value ? whyOutside(node, value, shared) : reason,
    });
  }
  return {
    network,
    open,
    registry: { ...registry, lower: (layer) => layers.get(layer.name)?.lowered ?? registry.lower(layer) },
    layers,
    outputs: new Set(network.outputs.map(({ node }) => node)),
    hasMasks: network.nodes.some(({ masks }) => masks),
    misled: misledByMasks(network),
  };
}

function whyOutside(
  node: NetworkNode,
  { roles }: LoweredLayer,
  shared: ReadonlySet<NetworkLayer>,
): string | undefined {
  const layer = `The layer ${quote(node)} (${node.layer.className})`;
  if (shared.has(node.layer)) {
    return `The layer ${JSON.stringify(node.layer.name)} is shared: it is called more than once.`;
  }
  if (node.outputs.length > 1) return `${layer} gives ${node.outputs.length} tensors; a span gives one.`;
  return roles.begins || roles.inside || roles.ends ? undefined : `${layer} can't be part of a span.`;
}

/**
 * Finds the spans that read a tensor. Layers are added one by one, as long as they are computed from that
 * tensor alone.
 */
function spansFrom(search: Search, input: TensorRef): (LegalSpan | IllegalSpan)[] {
  const { network, layers } = search;
  const spans: (LegalSpan | IllegalSpan)[] = [];
  const start = tensorKey(input);
  const inside = new Set<string>();
  const isInside = (ref: TensorRef) => tensorKey(ref) === start || inside.has(ref.node);
  const found: Region[] = [];
  const readElsewhere = new Map<NetworkNode, IllegalSpan>();
  for (const node of network.nodes) {
    const known = node.inputs.find(isInside);
    if (!known) continue;
    const { lowered, reason } = layers.get(node.name)!;
    const other = node.inputs.find((ref) => !isInside(ref));
    const stop =
      reason ??
      (other &&
        `The layer ${quote(node)} (${node.layer.className}) also reads ${JSON.stringify(other.node)}, which isn't computed from what the span reads.`);
    if (stop !== undefined) {
      const before = inside.has(known.node) ? layers.get(known.node)!.node : undefined;
      const region = before && regionBetween(network, input, before);
      if (region && begins(search, region)) {
        spans.push({ from: region.nodes[0]!.name, to: node.name, reason: stop });
      }
      continue;
    }
    const { roles } = lowered!;
    const region = roles.ends ? regionBetween(network, input, node) : undefined;
    if (region && holdsSpan(search, region)) {
      const leak = leakOf(search, region);
      if (leak) readElsewhere.set(leak.node, readElsewhere.get(leak.node) ?? leak.span);
      else {
        found.push(region);
        spans.push(asSpan(search, region));
      }
    }
    if (roles.inside || (roles.begins && tensorKey(known) === start)) inside.add(node.name);
  }
  // If branches meet again, a longer span contains all readers of the output, and there is nothing to
  // explain.
  for (const [node, span] of readElsewhere)
    if (!found.some(({ nodes }) => nodes.at(-1) !== node && nodes.includes(node))) spans.push(span);
  return spans;
}

/** Whether a region begins with a layer that mixes features, or with several branches. */
function begins({ layers }: Search, { nodes, input }: Region): boolean {
  const first = nodes.filter((node) => node.inputs.some((ref) => tensorKey(ref) === tensorKey(input)));
  return first.length > 1 || layers.get(first[0]!.name)!.lowered!.roles.begins;
}

/** Whether a region has more than one layer and begins as a span must. */
function holdsSpan(search: Search, region: Region): boolean {
  return region.nodes.length > 1 && begins(search, region);
}

/** Finds a layer within a region, other than its last, whose output is also needed outside. */
function leakOf(
  { layers, outputs }: Search,
  { nodes }: Region,
): { readonly node: NetworkNode; readonly span: IllegalSpan } | undefined {
  const own = new Set(nodes);
  const end = nodes.at(-1)!;
  for (const node of nodes) {
    const { readers } = layers.get(node.name)!;
    const isOutput = outputs.has(node.name);
    if (node === end || (!isOutput && readers.every((reader) => own.has(reader)))) continue;
    const names = readers.map(({ name }) => JSON.stringify(name)).join(' and ');
    const reason = isOutput
      ? `The output of ${quote(node)} is an output of the model.`
      : `The output of ${quote(node)} is used elsewhere: ${names} read it.`;
    return { node, span: { from: nodes[0]!.name, to: end.name, reason } };
  }
  return undefined;
}

/** Returns a region as a span, or the reason why one layer can't replace it. */
function asSpan(search: Search, region: Region): LegalSpan | IllegalSpan {
  const { network, open, registry } = search;
  const { nodes, input } = region;
  const end = nodes.at(-1)!;
  const [from, to] = [nodes[0]!.name, end.name];
  const { value: lowered, reason } = attempt(() => {
    const source = sourceOf(end.layer);
    if (source) {
      requireSeparableActivation(source);
      requireDeclaredActivation(source);
    }
    return lowerSpan(registry, describeRegion(network, region));
  });
  if (!lowered) return { from, to, reason };
  const { fused, receptiveField } = lowered;
  if (!fused.geometry && tensorType(open, input).shape.includes(null)) {
    const whole = 'The fused layer would read all positions, and the model leaves their number open.';
    return { from, to, reason: whole };
  }
  const masks = maskReason(search, { name: `${from}_${to}`, nodes, lowered });
  if (masks !== undefined) return { from, to, reason: masks };
  const layers = nodes.map(({ name }) => name);
  return { from, to, layers, className: fused.className, kernelSize: receptiveField };
}

/** The reason why the masks of layers forbid a fusion, if they do. */
function maskReason({ network, hasMasks, misled }: Search, span: FusedSpan): string | undefined {
  if (!hasMasks) return undefined;
  const wrong = misled ?? misledByMasks(replaceSpan(network, span));
  if (!wrong) return undefined;
  const reader = `the layer ${quote(wrong)} (${wrong.layer.className}) would get another mask than in the teacher`;
  return misled
    ? `A student has no nested models, and without them ${reader}.`
    : `With one layer in place of these, ${reader}.`;
}

/**
 * Returns the result of `make`, or the reason for its failure. A faulty plugin is rethrown, since none of its
 * results can be trusted.
 */
function attempt<T>(make: () => T): { value: T; reason?: never } | { value?: never; reason: string } {
  try {
    return { value: make() };
  } catch (error) {
    if (!FuseInitError.isInstance(error) || error.code === 'PLUGIN_FAILED') throw error;
    return { reason: error.message };
  }
}

function quote({ name }: NetworkNode): string {
  return JSON.stringify(name);
}
