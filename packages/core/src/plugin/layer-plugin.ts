import type { NdArray } from '../array/nd-array.js';
import { FuseInitError, inWords } from '../errors/fuse-init-error.js';
import type { PatchGeometry } from '../geometry/patch-geometry.js';
import type { AffineForm } from './affine-form.js';

/** A layer as its model describes it: plain names and numbers, without TensorFlow objects. */
export interface LayerDescription {
  readonly name: string;
  /** The class name in tfjs-layers, such as `Conv2D`, `Dense` or `MaxPooling2D`. */
  readonly className: string;
  /** The result of the layer's `getConfig()`. */
  readonly config: Readonly<Record<string, unknown>>;
  /**
   * The shape of one sample, [...spatial, channels], without the batch axis; null where the model leaves a
   * length open.
   */
  readonly inputShape: readonly (number | null)[];
  /** The shapes of the inputs after the first, for a layer that reads several, such as `Add`. */
  readonly otherInputShapes?: readonly (readonly (number | null)[])[];
  /**
   * The shape of one sample of the output according to the model, where it is known. The plugin's
   * `outputShape` must agree with it.
   */
  readonly outputShape?: readonly (number | null)[];
}

/** A layer with its weights in the order of tfjs-layers, which are needed to run it but not to lower it. */
export interface WeightedLayer extends LayerDescription {
  readonly weights: readonly NdArray[];
  /** The mask that is passed to the call, [batch, steps], 0 where a time step is masked; absent for none. */
  readonly mask?: NdArray;
}

/** The positions in a span that a layer may take. */
export interface SpanRoles {
  /** Whether it may be the first layer: it mixes features, so that there is something to fuse. */
  readonly begins: boolean;
  /**
   * Whether it may stand between the first and the last layer: at inference it is a fixed function of its
   * input.
   */
  readonly inside: boolean;
  /** Whether it may be the last layer: it has a pre-activation that is affine in its input. */
  readonly ends: boolean;
}

/** The part of its input that a layer reads, which is all that fusion needs to know about it. */
export type Lowering =
  /** A window that slides: convolution, pooling, padding, cropping. */
  | { readonly reads: 'window'; readonly geometry: PatchGeometry }
  /** Each output position depends on the same input position alone, over any of its channels. */
  | { readonly reads: 'element' }
  /** Every output depends on all positions: flatten, dense, global pooling. */
  | { readonly reads: 'everything' };

/**
 * Describes one kind of layer for fusion: its classes, its possible positions in a span, the part of its
 * input that it reads, and its computation in float64.
 */
export interface LayerPlugin {
  readonly specVersion: 1;
  /** The tfjs-layers class, or classes, that this plugin describes. */
  readonly classNames: readonly string[];
  readonly roles: SpanRoles;
  /**
   * Returns the part of its input that the layer reads; for a layer of several inputs, a list with one entry
   * for each.
   *
   * @throws LAYER_UNSUPPORTED for a config that fusion doesn't support, naming the entry.
   */
  lower(layer: LayerDescription): Lowering | readonly Lowering[];
  /**
   * Returns the shape of one sample of the output.
   *
   * @throws LAYER_UNSUPPORTED as {@link LayerPlugin.lower} does.
   */
  outputShape(layer: LayerDescription): readonly number[];
  /**
   * Computes the layer at inference, in float64. Networks are interpreted by it, and backends, rewritings and
   * the layer's own lowering are checked against it. Layers of a plugin without it can still be fused.
   *
   * @param input [batch, ...layer.inputShape]
   * @param others The further inputs of a layer that reads several, such as `Add`.
   * @returns [batch, ...outputShape]; a list of arrays for a layer of several outputs.
   */
  apply?(layer: WeightedLayer, input: NdArray, ...others: readonly NdArray[]): NdArray | readonly NdArray[];
  /**
   * Returns the layer at inference as affine steps and an activation, for exact rewriting; null for a config
   * that can't be expressed so. A layer whose plugin has this method may be folded into others, or replaced
   * by a layer of tfjs-layers that computes the same.
   */
  affine?(layer: WeightedLayer): AffineForm | null;
  /**
   * Computes the layer's mask from its inputs and their masks, [batch, steps], 0 where a time step is masked;
   * undefined where it passes on the mask of its first input.
   *
   * @param masks One for each input; undefined for an input without a mask.
   */
  makeMask?(
    layer: WeightedLayer,
    inputs: readonly NdArray[],
    masks: readonly (NdArray | undefined)[],
  ): NdArray | undefined;
}

/** A layer and its lowering, as a {@link LayerPairPlugin} receives it. */
export interface LoweredLayer extends LayerDescription {
  readonly inputShape: readonly number[];
  readonly otherInputShapes?: readonly (readonly number[])[];
  readonly outputShape: readonly number[];
  readonly roles: SpanRoles;
  /** The part of its first input that the layer reads. */
  readonly lowering: Lowering;
  /** The parts of its other inputs that it reads, in order; absent for a layer of one input. */
  readonly otherLowerings?: readonly Lowering[];
  /** The name of the layer's own activation; 'linear' where it has none. */
  readonly activation: string;
}

/** A layer of a pair, with the geometry of its window. */
export interface PairMember extends LoweredLayer {
  /**
   * The geometry of the layer's window. For a layer that reads everything, it is one window as large as the
   * input; for a dense layer on plain rows it has no axes.
   */
  readonly geometry: PatchGeometry;
}

/** The solver's result for a fused layer, not yet in the order of the layer's own weights. */
export interface SolvedWeights {
  /** [patchSize, outFeatures], each column in the order [...kernelSize, inChannels]. */
  readonly kernel: NdArray;
  /** [outFeatures] */
  readonly bias: NdArray;
}

/**
 * The layer that replaces a span: its class and config, the patches that it reads, and the order of its
 * weights.
 */
export interface FusedLayer {
  /** The name of a built-in class of tfjs-layers. */
  readonly className: string;
  /**
   * The layer's config, without `name` and `padding`, which follow from the span and the geometry.
   * Constraints, `weights`, input shapes and data formats other than channelsLast are refused.
   */
  readonly config: Readonly<Record<string, unknown>>;
  /** The patches to solve on; null where the layer reads its whole input, flattened channelsLast. */
  readonly geometry: PatchGeometry | null;
  /**
   * Returns the weights in the order of this class's `setWeights`. They must represent the whole solution: a
   * layer that computes anything but `patches x kernel + bias` is refused.
   */
  toWeights(solved: SolvedWeights): readonly NdArray[];
}

/**
 * Fuses two neighbouring layers that the built-in composition of geometries can't fuse, or can't fuse as
 * well. Elementwise layers and a flatten may stand between them.
 *
 * Pair plugins are tried before the built-in composition. `fuse` returns null to decline a pair.
 */
export interface LayerPairPlugin {
  readonly specVersion: 1;
  /** The name of the package or plugin, for reports and errors. */
  readonly name: string;
  /** The classes of the two layers, in order. */
  readonly layers: readonly [first: string, second: string];
  fuse(pair: { readonly first: PairMember; readonly second: PairMember }): FusedLayer | null;
}

/**
 * Checks a layer plugin and returns it with its own type.
 *
 * @throws SPEC_VERSION_UNSUPPORTED when it was written for another version of the contract.
 * @throws ARGUMENT_INVALID when it names no class, or lacks a role or a function.
 */
export function defineLayer<P extends LayerPlugin>(plugin: P): P {
  const { specVersion, classNames, roles, ...functions } = membersOf('layer plugin', 'defineLayer', plugin);
  const label = `The layer plugin of ${inWords(classNames)}`;
  requireSpecVersion(label, specVersion);
  if (!isNames(classNames) || classNames.length === 0) {
    throw invalid(`A layer plugin has classNames ${inWords(classNames)}: a list of classes was expected.`);
  }
  const roleFlags =
    typeof roles === 'object' && roles !== null ? (roles as Record<string, unknown>) : undefined;
  if (!roleFlags)
    throw invalid(`${label} has roles ${inWords(roles)}: { begins, inside, ends } was expected.`);
  for (const role of ['begins', 'inside', 'ends']) {
    if (typeof roleFlags[role] === 'boolean') continue;
    throw invalid(`${label} has roles.${role} ${inWords(roleFlags[role])}: true or false was expected.`);
  }
  requireFunctions(label, functions, ['lower', 'outputShape']);
  for (const name of ['apply', 'affine', 'makeMask'])
    if (functions[name] !== undefined) requireFunctions(label, functions, [name]);
  return plugin;
}

/**
 * Checks a layer-pair plugin and returns it with its own type.
 *
 * @throws SPEC_VERSION_UNSUPPORTED when it was written for another version of the contract.
 * @throws ARGUMENT_INVALID when it has no name, doesn't name two classes, or lacks its function.
 */
export function defineLayerPair<P extends LayerPairPlugin>(plugin: P): P {
  const { specVersion, name, layers, ...functions } = membersOf(
    'layer-pair plugin',
    'defineLayerPair',
    plugin,
  );
  const label = `The layer-pair plugin ${inWords(name)}`;
  requireSpecVersion(label, specVersion);
  if (typeof name !== 'string' || name === '') {
    throw invalid(`A layer-pair plugin has name ${inWords(name)}: the name of its package was expected.`);
  }
  if (!isNames(layers) || layers.length !== 2) {
    throw invalid(`${label} has layers ${inWords(layers)}: two classes were expected.`);
  }
  requireFunctions(label, functions, ['fuse']);
  return plugin;
}

/** The members of a plugin that has not been validated, own or inherited. */
function membersOf(kind: string, maker: string, plugin: unknown): Record<string, unknown> {
  if (typeof plugin === 'object' && plugin !== null && !Array.isArray(plugin)) {
    const given = plugin as Record<string, unknown>;
    const { specVersion, classNames, roles, name, layers } = given;
    const { lower, outputShape, apply, affine, makeMask, fuse } = given;
    if ([specVersion, classNames, name, layers].some((member) => member !== undefined)) {
      return {
        specVersion,
        classNames,
        roles,
        name,
        layers,
        lower,
        outputShape,
        apply,
        affine,
        makeMask,
        fuse,
      };
    }
  }
  throw invalid(`${inWords(plugin)} came where a ${kind} was expected: what ${maker} takes and returns.`);
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '');
}

function requireFunctions(label: string, members: Record<string, unknown>, names: readonly string[]): void {
  for (const name of names) {
    if (typeof members[name] === 'function') continue;
    throw invalid(`${label} has ${name} ${inWords(members[name])}: a function was expected.`);
  }
}

function requireSpecVersion(label: string, version: unknown): void {
  if (version === 1) return;
  throw new FuseInitError(
    'SPEC_VERSION_UNSUPPORTED',
    `${label} has specVersion ${inWords(version)}: this @fuseinit/core speaks 1. Install versions that match.`,
  );
}

function invalid(message: string): FuseInitError {
  return new FuseInitError('ARGUMENT_INVALID', message);
}
