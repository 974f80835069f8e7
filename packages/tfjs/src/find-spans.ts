import {
  type FusedLayer,
  FuseInitError,
  inWords,
  type LayerPairPlugin,
  type LayerPlugin,
} from '@fuseinit/core';
import { builtinLayers, createRegistry, lowerSpan, type Registry } from '@fuseinit/registry';
import { describeLayer } from './graph/describe-layer.js';
import { consumersOf, type GraphNode, isShared, type ModelGraph, readGraph } from './graph/model-graph.js';
import { requireModel } from './graph/require-model.js';
import { changedMask } from './graph/student-masks.js';
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
  const graph = readGraph(model);
  const registry = registryWith(options.plugins);
  const legal: LegalSpan[] = [];
  const illegal: IllegalSpan[] = [];
  for (const start of graph.nodes) {
    if (start.inputs.length === 0) continue;
    const refused = attempt(() => registry.lower(describeLayer(start)));
    if (!refused.value) {
      illegal.push({ from: start.id, to: start.id, reason: refused.reason });
      continue;
    }
    if (refused.value.roles.begins) walk(graph, registry, start, legal, illegal);
  }
  return { legal, illegal };
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

function walk(
  graph: ModelGraph,
  registry: Registry,
  start: GraphNode,
  legal: LegalSpan[],
  illegal: IllegalSpan[],
): void {
  const run = [start];
  if (isShared(graph, start)) {
    illegal.push({ from: start.id, to: start.id, reason: sharedReason(start) });
    return;
  }
  for (;;) {
    const next = step(graph, registry, run.at(-1)!);
    if (next === undefined) return;
    if ('reason' in next) {
      illegal.push({ from: start.id, to: next.at, reason: next.reason });
      return;
    }
    run.push(next.node);
    if (!next.ends) continue;
    const to = next.node.id;
    const lowered = attempt(() => lowerSpan(registry, run.map(describeLayer)));
    if (!lowered.value) {
      // A longer run may still become one layer.
      illegal.push({ from: start.id, to, reason: lowered.reason });
    } else {
      const { fused, receptiveField } = lowered.value;
      const misled = changedMask(graph, run, passesMask(run, fused));
      if (misled) illegal.push({ from: start.id, to, reason: maskReason(graph, misled) });
      else {
        legal.push({
          from: start.id,
          to,
          layers: run.map(({ id }) => id),
          className: fused.className,
          kernelSize: receptiveField,
        });
      }
    }
    if (!next.inside) return;
  }
}

/** Whether the layer in a run's place passes on the mask of its input: of those that are fused to, Dense by position does. */
function passesMask([first]: readonly GraphNode[], { className, geometry }: FusedLayer): boolean {
  return className === 'Dense' && (geometry !== null || first!.call.inputShapes[0]!.length === 2);
}

function maskReason(graph: ModelGraph, misled: GraphNode): string {
  const reader = `the layer ${quote(misled)} (${misled.layer.getClassName()}) would get another mask than in the teacher`;
  return changedMask(graph)
    ? `A student has no nested models, and without them ${reader}.`
    : `With one layer in place of these, ${reader}.`;
}

type Step = { node: GraphNode; inside: boolean; ends: boolean } | { at: string; reason: string } | undefined;

/** The layer after this one, if a span may go on there; undefined at the end of the model. */
function step(graph: ModelGraph, registry: Registry, node: GraphNode): Step {
  const readers = consumersOf(graph, node);
  const isOutput = graph.outputs.some((output) => output.node === node);
  const [next, ...others] = readers;
  if (!next) return undefined;
  if (isOutput) return { at: next.id, reason: `The output of ${quote(node)} is an output of the model.` };
  if (others.length > 0) {
    const names = readers.map(({ id }) => JSON.stringify(id)).join(' and ');
    return { at: next.id, reason: `The output of ${quote(node)} is used elsewhere: ${names} read it.` };
  }
  if (next.inputs.length > 1) {
    return {
      at: next.id,
      reason: `The layer ${quote(next)} (${next.layer.getClassName()}) reads several inputs.`,
    };
  }
  if (isShared(graph, next)) return { at: next.id, reason: sharedReason(next) };
  const lowered = attempt(() => registry.lower(describeLayer(next)));
  if (!lowered.value) return { at: next.id, reason: lowered.reason };
  const { inside, ends } = lowered.value.roles;
  if (!inside && !ends) {
    return {
      at: next.id,
      reason: `The layer ${quote(next)} (${next.layer.getClassName()}) can't be part of a span.`,
    };
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

function sharedReason(node: GraphNode): string {
  return `The layer ${JSON.stringify(node.layer.name)} is shared: it is called more than once.`;
}

function quote({ id }: GraphNode): string {
  return JSON.stringify(id);
}
