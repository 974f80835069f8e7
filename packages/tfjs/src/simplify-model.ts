import { requireKnownOptions } from '@fuseinit/core';
import { type AppliedRule, type Successor, simplify as simplifyNetwork } from '@fuseinit/simplify';
import type * as tfjs from '@tensorflow/tfjs';
import { compileLike } from './fuse/compile-like.js';
import { toGraphModel } from './graph-model/to-graph-model.js';
import { readNetwork } from './network/read-network.js';
import { requireModel } from './network/require-model.js';
import { toLayersModel } from './network/write-layers-model.js';
import { type Plugin, registryWith } from './plugins.js';
import type { LayersModel, TensorFlow } from './tensorflow.js';

/** Options of {@link simplify}. */
export interface SimplifyModelOptions {
  /** The caller's TensorFlow.js. */
  readonly tf: TensorFlow;
  /** Layer plugins with an affine form, beside those of the built-in layers. */
  readonly plugins?: readonly Plugin[];
}

/** What was done to a model, in its own layers' names. */
interface Simplification {
  readonly applied: readonly AppliedRule[];
  /** What the caller should know, in words: layers that only act in training, weights that aren't finite. */
  readonly warnings: readonly string[];
}

/** A model that computes the same for less, the caller's to save and dispose. */
export interface SimplifiedModel extends Simplification {
  readonly model: LayersModel;
  /**
   * For each layer of the model given, the layers that stand for it now at the ends of a span: see
   * `simplifiedSpans`.
   */
  readonly successors: ReadonlyMap<string, Successor>;
}

/** The same as a GraphModel, for `tf.io.fromMemory` or a file. */
export interface SimplifiedGraph extends Simplification {
  readonly artifacts: tfjs.io.ModelArtifacts;
}

/**
 * Rewrites a model exactly, but for rounding, into one that computes the same for less: batch norms,
 * activations and paddings go into the layers beside them. No data are needed. The model is neither changed
 * nor disposed; how it was compiled and its user-defined metadata are carried over.
 *
 * As a GraphModel, for inference alone, bias and activation are computed within each product, which is
 * fastest.
 *
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for what is no living LayersModel.
 * @throws LAYER_UNSUPPORTED for a layer that no GraphModel can have, with its name.
 * @throws ARGUMENT_INVALID for an option that there isn't.
 */
export function simplify(
  model: LayersModel,
  options: SimplifyModelOptions & { readonly format: 'graph' },
): SimplifiedGraph;
export function simplify(
  model: LayersModel,
  options: SimplifyModelOptions & { readonly format?: 'layers' },
): SimplifiedModel;
export function simplify(
  model: LayersModel,
  options: SimplifyModelOptions & { readonly format?: 'layers' | 'graph' },
): SimplifiedModel | SimplifiedGraph {
  requireModel(model);
  requireKnownOptions('simplify', options, { tf: true, plugins: true, format: true });
  const { tf, plugins = [], format = 'layers' } = options;
  registryWith(plugins);
  const layers = plugins.filter((plugin) => 'classNames' in plugin);
  const { network, applied, successors, warnings } = simplifyNetwork(readNetwork(model), {
    plugins: layers,
    // tfjs-layers has no fast kernel for it within another layer.
    activationsApart: format === 'layers' ? ['relu6'] : [],
    readsApart: format === 'layers',
  });
  const metadata = model.getUserDefinedMetadata?.() as Record<string, object> | undefined;
  if (format === 'layers') {
    const simplified = toLayersModel(tf, network);
    if (metadata) simplified.setUserDefinedMetadata(metadata);
    const uncompiled = compileLike(model, simplified, 'simplified model');
    return { model: simplified, applied, successors, warnings: [...warnings, ...uncompiled] };
  }
  return {
    artifacts: toGraphModel(network, metadata && { userDefinedMetadata: metadata }),
    applied,
    warnings,
  };
}
