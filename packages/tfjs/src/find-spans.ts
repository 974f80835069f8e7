import {
  describeNode,
  FuseInitError,
  inWords,
  type LayerDescription,
  type LayerPairPlugin,
  type LayerPlugin,
  type Network,
  type NetworkLayer,
  type NetworkNode,
  readersOf,
  sharedLayers,
} from '@fuseinit/core';
import { builtinLayers, createRegistry, lowerSpan, type Registry } from '@fuseinit/registry';
import { type FusedSpan, replaceSpan } from './fuse/replace-span.js';
import { sourceOf } from './network/layer-internals.js';
import { misledByMasks } from './network/mask-flow.js';
import { requireDeclaredActivation, requireSeparableActivation } from './network/pre-activation.js';
import { readNetwork } from './network/read-network.js';
import { requireModel } from './network/require-model.js';
import type { LayersModel } from './tensorflow.js';

/** A layer plugin or a layer-pair plugin. */
export type Plugin = LayerPlugin | LayerPairPlugin;

/** A run of layers that can become one. */
export interface LegalSpan {
  readonly from: string;
  readonly to: string;
  /** All layers of the run, in order. */
  readonly layers: readonly string[];
  /** Class of the fused layer. */
  readonly className: string;
  /** The whole receptive field of a fused convolution; null for a dense layer. */
  readonly kernelSize: readonly number[] | null;
}

/** A run that can't, and why, in words. */
export interface IllegalSpan {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

export interface FoundSpans {
  readonly legal: readonly LegalSpan[];
  readonly illegal: readonly IllegalSpan[];
}

/**
 * Every run of layers that {@link fuse} takes as a span, and for each start that is stopped, what stops it.
 *
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for what is no living LayersModel.
 * @throws ARGUMENT_INVALID, SPEC_VERSION_UNSUPPORTED, PLUGIN_CONFLICT for plugins that are none, or given twice.
 * @throws PLUGIN_FAILED when a plugin throws, or gives what the contract or the model's own shapes don't allow.
 */
export function findSpans(
  model: LayersModel,
  options: { readonly plugins?: readonly Plugin[] } = {},
): FoundSpans {
  requireModel(model);
  return spansOf(readNetwork(model), registryWith(options.plugins));
}

/** The spans of a network: see {@link findSpans}. */
export function spansOf(network: Network, registry: Registry): FoundSpans {
  const legal: LegalSpan[] = [];
  const illegal: IllegalSpan[] = [];
  const search: Search = {
    network,
    registry,
    readers: readersOf(network),
    shared: sharedLayers(network),
    outputs: new Set(network.outputs.map(({ node }) => node)),
    described: new Map(network.nodes.map((node) => [node, describeNode(network, node)])),
    hasMasks: network.nodes.some(({ masks }) => masks),
    misled: misledByMasks(network),
  };
  for (const start of network.nodes) {
    if (start.inputs.length === 0) continue;
    const refused = attempt(() => registry.lower(search.described.get(start)!));
    if (!refused.value) {
      illegal.push({ from: start.name, to: start.name, reason: refused.reason });
      continue;
    }
    if (refused.value.roles.begins) walk(search, start, legal, illegal);
  }
  return { legal, illegal };
}

/** What a search for spans reads. */
interface Search {
  readonly network: Network;
  readonly registry: Registry;
  readonly readers: ReadonlyMap<string, readonly NetworkNode[]>;
  readonly shared: ReadonlySet<NetworkLayer>;
  readonly outputs: ReadonlySet<string>;
  readonly described: ReadonlyMap<NetworkNode, LayerDescription>;
  readonly hasMasks: boolean;
  /** What would get another mask in a student with no layer fused. */
  readonly misled: NetworkNode | undefined;
}

/**
 * The built-in layers, with a user's plugins before them.
 *
 * @throws ARGUMENT_INVALID, SPEC_VERSION_UNSUPPORTED, PLUGIN_CONFLICT for plugins that are none, or given twice.
 */
export function registryWith(plugins: readonly Plugin[] = []): Registry {
  if (!Array.isArray(plugins)) {
    throw new FuseInitError('ARGUMENT_INVALID', `plugins is ${inWords(plugins)}: a list was expected.`);
  }
  const layers: LayerPlugin[] = [];
  const pairs: LayerPairPlugin[] = [];
  for (const [index, plugin] of (plugins as readonly Plugin[]).entries()) {
    if (typeof plugin !== 'object' || plugin === null) {
      throw new FuseInitError(
        'ARGUMENT_INVALID',
        `plugins[${index}] is ${inWords(plugin)}: what defineLayer or defineLayerPair returns was expected.`,
      );
    }
    if ('layers' in plugin || 'fuse' in plugin) pairs.push(plugin as LayerPairPlugin);
    else layers.push(plugin as LayerPlugin);
  }
  return createRegistry({ layers: [...layers, ...builtinLayers], pairs });
}

function walk(search: Search, start: NetworkNode, legal: LegalSpan[], illegal: IllegalSpan[]): void {
  const { registry } = search;
  const run = [start];
  const from = start.name;
  if (search.shared.has(start.layer)) {
    illegal.push({ from, to: from, reason: sharedReason(start) });
    return;
  }
  for (;;) {
    const next = step(search, run.at(-1)!);
    if (next === undefined) return;
    if ('reason' in next) {
      illegal.push({ from, to: next.at, reason: next.reason });
      return;
    }
    run.push(next.node);
    if (!next.ends) continue;
    const to = next.node.name;
    const lowered = attempt(() => {
      const layer = sourceOf(next.node.layer)!;
      requireSeparableActivation(layer);
      requireDeclaredActivation(layer);
      return lowerSpan(
        registry,
        run.map((node) => search.described.get(node)!),
      );
    });
    if (!lowered.value) {
      // A longer run may still become one layer.
      illegal.push({ from, to, reason: lowered.reason });
    } else {
      const { fused, receptiveField } = lowered.value;
      const reason = maskReason(search, { name: `${from}_${to}`, run, lowered: lowered.value });
      if (reason !== undefined) illegal.push({ from, to, reason });
      else {
        legal.push({
          from,
          to,
          layers: run.map(({ name }) => name),
          className: fused.className,
          kernelSize: receptiveField,
        });
      }
    }
    if (!next.inside) return;
  }
}

/** Why the masks of layers forbid a fusion, if they do. */
function maskReason({ network, hasMasks, misled }: Search, span: FusedSpan): string | undefined {
  if (!hasMasks) return undefined;
  const wrong = misled ?? misledByMasks(replaceSpan(network, span));
  if (!wrong) return undefined;
  const reader = `the layer ${quote(wrong)} (${wrong.layer.className}) would get another mask than in the teacher`;
  return misled
    ? `A student has no nested models, and without them ${reader}.`
    : `With one layer in place of these, ${reader}.`;
}

type Step =
  | { node: NetworkNode; inside: boolean; ends: boolean }
  | { at: string; reason: string }
  | undefined;

/** The layer after this one, if a span may go on there; undefined at the end of the model. */
function step({ registry, readers, outputs, shared, described }: Search, node: NetworkNode): Step {
  const reading = readers.get(node.name)!;
  const [next, ...others] = reading;
  if (!next) return undefined;
  const at = next.name;
  if (outputs.has(node.name))
    return { at, reason: `The output of ${quote(node)} is an output of the model.` };
  if (others.length > 0) {
    const names = reading.map(({ name }) => JSON.stringify(name)).join(' and ');
    return { at, reason: `The output of ${quote(node)} is used elsewhere: ${names} read it.` };
  }
  const { className } = next.layer;
  if (next.inputs.length > 1) {
    return { at, reason: `The layer ${quote(next)} (${className}) reads several inputs.` };
  }
  if (shared.has(next.layer)) return { at, reason: sharedReason(next) };
  const lowered = attempt(() => registry.lower(described.get(next)!));
  if (!lowered.value) return { at, reason: lowered.reason };
  const { inside, ends } = lowered.value.roles;
  if (!inside && !ends) {
    return { at, reason: `The layer ${quote(next)} (${className}) can't be part of a span.` };
  }
  return { node: next, inside, ends };
}

/** What `make` gives, or why not; a faulty plugin stops everything, since all that it says is in doubt. */
function attempt<T>(make: () => T): { value: T; reason?: never } | { value?: never; reason: string } {
  try {
    return { value: make() };
  } catch (error) {
    if (!FuseInitError.isInstance(error) || error.code === 'PLUGIN_FAILED') throw error;
    return { reason: error.message };
  }
}

function sharedReason({ layer }: NetworkNode): string {
  return `The layer ${JSON.stringify(layer.name)} is shared: it is called more than once.`;
}

function quote({ name }: NetworkNode): string {
  return JSON.stringify(name);
}
