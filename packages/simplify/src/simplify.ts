import { changeNetwork, type LayerPlugin, type Network, readTwice } from '@fuseinit/core';
import { builtinLayers } from '@fuseinit/registry';
import { difference, isCheaper, networkWork } from './network-work.js';
import { identity, repeated, unread } from './rules/drop.js';
import { activationIntoBefore, affinePair, scaleIntoAfter, scaleIntoBefore } from './rules/merge.js';
import { paddingIntoAfter } from './rules/padding-into-after.js';
import { parallelSum } from './rules/parallel-sum.js';
import { type AppliedRule, createForms, createScope, originsOf, type Rule, type Scope } from './scope.js';
import { type Successor, successorsOf } from './successors.js';
import { settingsWarnings } from './training-settings.js';

/** Options of {@link simplify}. */
export interface SimplifyOptions {
  /**
   * Plugins for layers that aren't built in. They take precedence over the built-in ones; those with an
   * affine form take part in rewriting.
   */
  readonly plugins?: readonly LayerPlugin[];
  /**
   * The names of activations that are kept as separate layers because the network will run faster that way.
   * Default: none.
   */
  readonly activationsApart?: readonly string[];
  /**
   * Whether to avoid rewritings after which a layer reads a tensor twice that another layer reads too:
   * `predict` of tfjs-layers disposes such a tensor before the other layer has read it. Default false.
   */
  readonly readsApart?: boolean;
}

/** The simplified network, which computes the same at lower cost, and the rewritings applied to it. */
export interface Simplified {
  readonly network: Network;
  /** The applied rewritings in order. */
  readonly applied: readonly AppliedRule[];
  /**
   * The layers that replace each layer of the original network at the start or the end of a run of layers.
   */
  readonly successors: ReadonlyMap<string, Successor>;
  /** Warnings about weights that aren't finite. */
  readonly warnings: readonly string[];
  /**
   * Warnings about what is different if the network is trained further: dropped layers that act in training,
   * constraints and regularizers of merged layers, and frozen layers that now train.
   */
  readonly trainingWarnings: readonly string[];
}

/** The rules in the order in which they are tried; those that leave more for other rules come later. */
const rules: readonly Rule[] = [
  unread,
  identity,
  repeated,
  scaleIntoBefore,
  activationIntoBefore,
  paddingIntoAfter,
  scaleIntoAfter,
  parallelSum,
  affinePair,
];

/** Layers that act only in training. */
const inTraining = /^(Dropout|SpatialDropout\dD|AlphaDropout|GaussianDropout|GaussianNoise)$/;

/**
 * Rewrites a network into a cheaper one that computes the same at inference, exactly except for float64
 * rounding. Nothing is estimated, and no data are needed. Rewritten weights are float64; they are rounded
 * when they are written to a file.
 *
 * Each rewriting lowers the sum of multiply-adds and moved elements, and doesn't make the network larger
 * ({@link NetworkWork}). Outputs keep their names and their order. A network that is already simplified is
 * returned unchanged.
 *
 * @throws PLUGIN_FAILED when a plugin throws, or returns an affine form that doesn't fit its layer.
 */
export function simplify(
  network: Network,
  { plugins = [], activationsApart = [], readsApart = false }: SimplifyOptions = {},
): Simplified {
  const forms = createForms([...plugins, ...builtinLayers]);
  const applied: AppliedRule[] = [];
  const trained = new Set<string>();
  let scope = createScope(network, forms);
  let cost = networkWork(network);
  const applyOne = (name: string): boolean => {
    for (const rule of rules) {
      const node = scope.node(name);
      const activation = node && scope.formOf(node)?.activation;
      if (rule === activationIntoBefore && activationsApart.includes(activation ?? '')) continue;
      const rewriting = node && rule(node, scope);
      if (!rewriting) continue;
      const changed = changeNetwork(scope.network, rewriting.change);
      if (readsApart && readTwice(changed).length > readTwice(scope.network).length) continue;
      const after = networkWork(changed);
      if (!isCheaper(after, cost)) continue;
      const layers = originsOf(rewriting.nodes);
      applied.push({ rule: rewriting.rule, layers, saving: difference(cost, after) });
      for (const { layer, origins } of rewriting.nodes)
        if (rewriting.rule === 'identity' && inTraining.test(layer.className))
          for (const origin of origins) trained.add(origin);
      scope = createScope(changed, forms);
      cost = after;
      return true;
    }
    return false;
  };
  for (let again = true; again; ) {
    again = false;
    for (const { name } of scope.network.nodes) while (applyOne(name)) again = true;
  }
  return {
    network: scope.network,
    applied,
    successors: successorsOf(network, scope.network, applied, keptApart(scope, activationsApart)),
    warnings: forms.notFinite.size > 0 ? [notFiniteWarning(forms.notFinite)] : [],
    trainingWarnings: [
      ...(trained.size > 0 ? [droppedWarning(trained)] : []),
      ...settingsWarnings(network, scope.network),
    ],
  };
}

/**
 * The activations that are separate layers only because of `activationsApart`, each with the layer that it
 * would have been merged into.
 */
function keptApart(scope: Scope, activations: readonly string[]): ReadonlyMap<string, string> {
  const apart = new Map<string, string>();
  for (const node of scope.network.nodes) {
    const activation = scope.formOf(node)?.activation;
    if (activation === undefined || !activations.includes(activation)) continue;
    const rewriting = activationIntoBefore(node, scope);
    if (rewriting) apart.set(node.name, rewriting.nodes[0]!.name);
  }
  return apart;
}

function droppedWarning(trained: ReadonlySet<string>): string {
  return `${named(trained)} only act in training and were dropped: train the network as it was before, not this one, where you want them.`;
}

function notFiniteWarning(notFinite: ReadonlySet<string>): string {
  return `${named(notFinite)} hold weights that aren't finite numbers, or scale by such, and were left as they are.`;
}

function named(names: ReadonlySet<string>): string {
  return `The layers ${[...names].map((name) => JSON.stringify(name)).join(', ')}`;
}
