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
  /** Layer plugins with an affine form, in addition to the built-in ones. */
  readonly plugins?: readonly Plugin[];
}

/** The changes made to a model, in the names of its own layers. */
interface Simplification {
  readonly applied: readonly AppliedRule[];
  /**
   * Warnings for the caller, for example about layers that only act in training or weights that aren't
   * finite.
   */
  readonly warnings: readonly string[];
}

/** A model that computes the same at a lower cost. The caller saves and disposes of it. */
export interface SimplifiedModel extends Simplification {
  readonly model: LayersModel;
  /**
   * For each layer of the original model, the layers that represent it at the two ends of a span: see
   * `simplifiedSpans`.
   */
  readonly successors: ReadonlyMap<string, Successor>;
}

/** A simplified model as a GraphModel, for `tf.io.fromMemory` or a file. */
export interface SimplifiedGraph extends Simplification {
  readonly artifacts: tfjs.io.ModelArtifacts;
}

/**
 * Rewrites a model into one that computes the same, except for rounding, at a lower cost: batch norms,
 * activations and paddings are folded into the layers next to them. No data are needed. The model is neither
 * changed nor disposed. Its compilation and its user-defined metadata are carried over.
 *
 * A GraphModel is for inference only and is the fastest, since bias and activation are computed within each
 * product.
 *
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for anything but a built LayersModel that isn't
 *   disposed.
 * @throws LAYER_UNSUPPORTED for a layer that a GraphModel can't contain, with its name.
 * @throws ARGUMENT_INVALID for an unknown option.
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
  const { network, applied, successors, warnings, trainingWarnings } = simplifyNetwork(readNetwork(model), {
    plugins: layers,
    // tfjs-layers has no fast kernel for relu6 within another layer.
    activationsApart: format === 'layers' ? ['relu6'] : [],
    readsApart: format === 'layers',
  });
  const metadata = model.getUserDefinedMetadata?.() as Record<string, object> | undefined;
  if (format === 'layers') {
    const simplified = toLayersModel(tf, network);
    if (metadata) simplified.setUserDefinedMetadata(metadata);
    const uncompiled = compileLike(model, simplified, 'simplified model');
    return {
      model: simplified,
      applied,
      successors,
      warnings: [...warnings, ...trainingWarnings, ...uncompiled],
    };
  }
  return {
    artifacts: toGraphModel(network, metadata && { userDefinedMetadata: metadata }),
    applied,
    warnings,
  };
}
