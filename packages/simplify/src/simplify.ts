import { changeNetwork, type LayerPlugin, type Network, readTwice } from '@fuseinit/core';
import { builtinLayers } from '@fuseinit/registry';
import { difference, isCheaper, networkWork } from './network-work.js';
import { identity, repeated, unread } from './rules/drop.js';
import { activationIntoBefore, affinePair, scaleIntoAfter, scaleIntoBefore } from './rules/merge.js';
import { paddingIntoAfter } from './rules/padding-into-after.js';
import { parallelSum } from './rules/parallel-sum.js';
import { type AppliedRule, createForms, createScope, originsOf, type Rule, type Scope } from './scope.js';
import { type Successor, successorsOf } from './successors.js';

/** Options of {@link simplify}. */
export interface SimplifyOptions {
  /**
   * Of layers that aren't built in; they come before the built-in ones. One with an affine form takes part.
   */
  readonly plugins?: readonly LayerPlugin[];
  /**
   * Activations that stay layers of their own, by name: those that the network will be run faster with so.
   * Default none.
   */
  readonly activationsApart?: readonly string[];
  /**
   * Whether no layer may come to read one tensor twice that another layer reads too: `predict` of tfjs-layers
   * disposes it before the other has read it. Default false.
   */
  readonly readsApart?: boolean;
}

/** A network that computes the same for less, and what was done to it. */
export interface Simplified {
  readonly network: Network;
  /** In the order in which it was done. */
  readonly applied: readonly AppliedRule[];
  /** For each layer of the network as it was read, the layers that stand for it now at the ends of a run. */
  readonly successors: ReadonlyMap<string, Successor>;
  /** What a user should know, in words: layers that only training needs, weights that aren't finite. */
  readonly warnings: readonly string[];
}

/** Those that leave more to others come later. */
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

/** Layers that do something in training alone. */
const inTraining = /^(Dropout|SpatialDropout\dD|AlphaDropout|GaussianDropout|GaussianNoise)$/;

/**
 * Rewrites a network into one that computes the same at inference for less: exactly, but for the rounding of
 * float64. Nothing is estimated, and no data are needed. Rewritten weights are float64; whoever writes them
 * to a file rounds them.
 *
 * Each rewriting takes fewer multiply-adds and moved elements together, and makes the network no larger
 * ({@link NetworkWork}). Outputs keep their names and their order. What is simplified already comes back as
 * it is.
 *
 * @throws PLUGIN_FAILED when a plugin throws, or gives an affine form that doesn't fit its layer.
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
    warnings: warningsOf(trained, forms.notFinite),
  };
}

/**
 * Activations that are layers only because they were to stay apart, each with the layer that would have taken
 * it.
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

function warningsOf(trained: ReadonlySet<string>, notFinite: ReadonlySet<string>): string[] {
  const warnings: string[] = [];
  if (trained.size > 0) {
    warnings.push(
      `${named(trained)} only act in training and were dropped: train the network as it was before, not this one, where you want them.`,
    );
  }
  if (notFinite.size > 0) {
    warnings.push(
      `${named(notFinite)} hold weights that aren't finite numbers, or scale by such, and were left as they are.`,
    );
  }
  return warnings;
}

function named(names: ReadonlySet<string>): string {
  return `The layers ${[...names].map((name) => JSON.stringify(name)).join(', ')}`;
}
