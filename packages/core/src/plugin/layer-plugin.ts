import type { NdArray } from '../array/nd-array.js';
import { FuseInitError, inWords } from '../errors/fuse-init-error.js';
import type { PatchGeometry } from '../geometry/patch-geometry.js';
import type { AffineForm } from './affine-form.js';

/** A layer as its model holds it: the field's own words and numbers, no TensorFlow. */
export interface LayerDescription {
  readonly name: string;
  /** As tfjs-layers spells it: `Conv2D`, `Dense`, `MaxPooling2D`. */
  readonly className: string;
  /** The layer's `getConfig()`. */
  readonly config: Readonly<Record<string, unknown>>;
  /**
   * Shape of one sample: [...spatial, channels], without the batch; null where the model leaves a length
   * open.
   */
  readonly inputShape: readonly (number | null)[];
  /** Of a layer that reads several inputs, such as `Add`: the shapes of those after the first. */
  readonly otherInputShapes?: readonly (readonly (number | null)[])[];
  /**
   * Shape of one sample of the output as the model has it, where it is known: a plugin's answer is held to
   * it.
   */
  readonly outputShape?: readonly (number | null)[];
}

/** A layer and its numbers, in tfjs-layers' own order; needed where it is run, not where it is lowered. */
export interface WeightedLayer extends LayerDescription {
  readonly weights: readonly NdArray[];
  /** The mask that the call gets, [batch, steps], 0 where a step doesn't count; absent for none. */
  readonly mask?: NdArray;
}

/** The positions in a span that a layer may take. */
export interface SpanRoles {
  /** It may be the first layer: it mixes features, so that there is something to fuse away. */
  readonly begins: boolean;
  /** It may stand between first and last: what it does is a fixed function of its input at inference. */
  readonly inside: boolean;
  /** It may be the last layer: it has a pre-activation that is affine in its input. */
  readonly ends: boolean;
}

/** The part of its input that a layer reads, as data: all that fusion needs to know of it. */
export type Lowering =
  /** A window that slides: convolution, pooling, padding, cropping. */
  | { readonly reads: 'window'; readonly geometry: PatchGeometry }
  /** Each output position depends on the same input position alone, over any of its channels. */
  | { readonly reads: 'element' }
  /** Every output depends on all positions: flatten, dense, global pooling. */
  | { readonly reads: 'everything' };

/**
 * Describes one kind of layer for fusion: its classes, its positions in a span, the part of its input that it
 * reads, and what it computes in float64.
 */
export interface LayerPlugin {
  readonly specVersion: 1;
  /** The tfjs-layers class, or classes, that this plugin speaks for. */
  readonly classNames: readonly string[];
  readonly roles: SpanRoles;
  /**
   * Returns the part of its input that the layer reads; of a layer of several inputs a list, one entry for
   * each.
   *
   * @throws LAYER_UNSUPPORTED for a config that fusion can't honour, named.
   */
  lower(layer: LayerDescription): Lowering | readonly Lowering[];
  /**
   * Shape of one sample of the output.
   *
   * @throws LAYER_UNSUPPORTED as {@link LayerPlugin.lower}.
   */
  outputShape(layer: LayerDescription): readonly number[];
  /**
   * The layer at inference, in float64: what networks are interpreted by, and what backends, rewritings and
   * the layer's own lowering are held to. A plugin without it can still be fused.
   *
   * @param input [batch, ...layer.inputShape]
   * @param others Further inputs of a layer that reads several, such as `Add`.
   * @returns [batch, ...outputShape]; a list of arrays for a layer of several outputs.
   */
  apply?(layer: WeightedLayer, input: NdArray, ...others: readonly NdArray[]): NdArray | readonly NdArray[];
  /**
   * The layer at inference as affine steps and an activation, for exact rewriting; null for a config that is
   * no such thing. A layer whose plugin has this may be folded into others, or give way to a layer of
   * tfjs-layers that computes the same.
   */
  affine?(layer: WeightedLayer): AffineForm | null;
  /**
   * The mask that the layer makes of its inputs and of their masks, [batch, steps], 0 where a step doesn't
   * count; undefined where it passes on the mask of its first input.
   *
   * @param masks One for each input; undefined for an input without a mask.
   */
  makeMask?(
    layer: WeightedLayer,
    inputs: readonly NdArray[],
    masks: readonly (NdArray | undefined)[],
  ): NdArray | undefined;
}

/** A layer and what it was lowered to: what a {@link LayerPairPlugin} is given. */
export interface LoweredLayer extends LayerDescription {
  readonly inputShape: readonly number[];
  readonly otherInputShapes?: readonly (readonly number[])[];
  readonly outputShape: readonly number[];
  readonly roles: SpanRoles;
  /** What the layer reads of its first input. */
  readonly lowering: Lowering;
  /** What it reads of its other inputs, in order; absent for a layer of one input. */
  readonly otherLowerings?: readonly Lowering[];
  /** The name of the layer's own activation; 'linear' where it has none. */
  readonly activation: string;
}

/** A layer of a pair, with the geometry of its window. */
export interface PairMember extends LoweredLayer {
  /**
   * Of a layer that reads everything, one window as large as its input: without any axis for a dense layer on
   * plain rows.
   */
  readonly geometry: PatchGeometry;
}

/** The solver's result for a fused layer, not yet in the order of the layer's own weights. */
export interface SolvedWeights {
  /** [patchSize, outFeatures], a column ordered [...kernelSize, inChannels]. */
  readonly kernel: NdArray;
  /** [outFeatures] */
  readonly bias: NdArray;
}

/** The layer that takes a span's place: which it is, what it reads, and how it holds its weights. */
export interface FusedLayer {
  /** A stock class of tfjs-layers. */
  readonly className: string;
  /**
   * The layer's config, without `name` and `padding`: these follow from the span and the geometry.
   * Constraints,
   * `weights`, shapes of the input and other data formats than channelsLast are refused.
   */
  readonly config: Readonly<Record<string, unknown>>;
  /** The patches to solve on; null where the layer reads its whole input, flattened channelsLast. */
  readonly geometry: PatchGeometry | null;
  /**
   * Weights in the order that `layer.setWeights` of this class takes. They hold the whole solution: a layer
   * that computes anything but `patches x kernel + bias` is refused.
   */
  toWeights(solved: SolvedWeights): readonly NdArray[];
}

/**
 * Fuses two neighbouring layers that composition of geometries can't express, or can't as well. Layers that
 * act on elements, and a flatten, may stand between them.
 *
 * Tried before the built-in composition; `fuse` returns null where the pair is not its own to fuse.
 */
export interface LayerPairPlugin {
  readonly specVersion: 1;
  /** Name of the package or plugin, for reports and errors. */
  readonly name: string;
  /** The classes of the two layers, in order. */
  readonly layers: readonly [first: string, second: string];
  fuse(pair: { readonly first: PairMember; readonly second: PairMember }): FusedLayer | null;
}

/**
 * Checks and returns a layer plugin; its type is what it gives.
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
 * Checks and returns a layer-pair plugin; its type is what it gives.
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

/** The members of a plugin, own or inherited, of which nothing is known yet. */
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
