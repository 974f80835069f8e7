import { type NdArray, sizeOf } from '../array/nd-array.js';
import { FuseInitError, inWords } from '../errors/fuse-init-error.js';
import { geometryFault, isSizes, type PatchGeometry, wholeWindow } from '../geometry/patch-geometry.js';
import type {
  FusedLayer,
  LayerDescription,
  LayerPairPlugin,
  LayerPlugin,
  LoweredLayer,
  Lowering,
  PairMember,
  SolvedWeights,
} from './layer-plugin.js';

/** A call of a plugin's function for a layer, as described in errors. */
interface PluginCall {
  /** The description of the plugin: 'The layer plugin of [...]' or 'The layer-pair plugin "..."'. */
  readonly plugin: string;
  /** The name of the contract's function, such as `lower`, `fuse` or `toWeights`. */
  readonly method: string;
  readonly layerName: string;
}

/**
 * Calls a function of a plugin. A LAYER_UNSUPPORTED error is passed on with the layer's name added; any other
 * error is the plugin's fault.
 *
 * @throws LAYER_UNSUPPORTED as the plugin does, and where a layer's window doesn't fit its input.
 * @throws PLUGIN_FAILED for any other error, which is its `cause`.
 */
function callPlugin<T>(call: PluginCall, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    const { plugin, method, layerName } = call;
    const code = FuseInitError.isInstance(cause) ? cause.code : undefined;
    if (code === 'LAYER_UNSUPPORTED' && (cause as FuseInitError).layerName !== undefined) throw cause;
    const lowers = method === 'lower' || method === 'outputShape';
    if (code === 'LAYER_UNSUPPORTED' || (code === 'SHAPE_MISMATCH' && lowers)) {
      throw new FuseInitError(
        'LAYER_UNSUPPORTED',
        `The layer ${JSON.stringify(layerName)} can't be fused. ${(cause as FuseInitError).message} (${plugin} said so in ${method}.)`,
        { layerName, cause },
      );
    }
    throw pluginFailed(call, `threw ${cause instanceof Error ? String(cause) : inWords(cause)}`, cause);
  }
}

/** The error for a plugin that breaks its contract. `problem` continues the phrase 'its lower ...'. */
function pluginFailed(
  { plugin, method, layerName }: PluginCall,
  problem: string,
  cause?: unknown,
): FuseInitError {
  return new FuseInitError(
    'PLUGIN_FAILED',
    `${plugin} failed at the layer ${JSON.stringify(layerName)}: its ${method} ${problem}. Mend the plugin, or leave it out.`,
    { layerName, ...(cause !== undefined && { cause }) },
  );
}

/**
 * Lowers a layer by its plugin, and validates the result against the contract and the layer's own shapes, so
 * that code which reads a {@link LoweredLayer} may rely on it.
 *
 * @throws LAYER_UNSUPPORTED when the plugin doesn't support the layer's config, or a length of its input is
 *   open.
 * @throws PLUGIN_FAILED when the plugin throws any other error, or returns what the contract doesn't allow.
 */
export function lowerLayer(plugin: LayerPlugin, layer: LayerDescription): LoweredLayer {
  const call = (method: string): PluginCall => ({
    plugin: `The layer plugin of ${inWords(plugin.classNames)}`,
    method,
    layerName: layer.name,
  });
  const lower = (): unknown => callPlugin(call('lower'), () => plugin.lower(layer));
  const shapes = [layer.inputShape, ...(layer.otherInputShapes ?? [])];
  const [inputShape, ...otherInputShapes] = shapes.every(isSizes) ? shapes : refuseOpenLengths(layer, lower);
  const answer = lower();
  const lowerings = Array.isArray(answer) ? (answer as unknown[]) : [answer];
  const outputShape: unknown = callPlugin(call('outputShape'), () => plugin.outputShape(layer));
  if (!isSizes(outputShape) || outputShape.length === 0) {
    throw pluginFailed(
      call('outputShape'),
      `gave ${inWords(outputShape)} where the lengths of one sample's output were expected`,
    );
  }
  const known = layer.outputShape;
  if (known && !agree(outputShape, known)) {
    throw pluginFailed(
      call('outputShape'),
      `gave [${outputShape}], but the layer gives [${known.map(String)}]`,
    );
  }
  if (lowerings.length !== shapes.length) {
    throw pluginFailed(
      call('lower'),
      `answered for ${lowerings.length} inputs, but the layer reads ${shapes.length}`,
    );
  }
  for (const [index, lowering] of lowerings.entries()) {
    const from = [inputShape!, ...otherInputShapes][index]!.slice(0, -1);
    const fault = loweringFault(lowering, from, outputShape.slice(0, -1));
    if (fault) throw pluginFailed(call('lower'), `gave ${fault}`);
  }
  const [lowering, ...otherLowerings] = lowerings as Lowering[];
  const { otherInputShapes: _, ...described } = layer;
  const { activation } = layer.config;
  return {
    ...described,
    inputShape: inputShape!,
    ...(otherInputShapes.length > 0 && { otherInputShapes, otherLowerings }),
    outputShape,
    roles: plugin.roles,
    lowering: lowering!,
    activation: typeof activation === 'string' ? activation : 'linear',
  };
}

/**
 * The shape of a sample with every length known.
 *
 * @throws LAYER_UNSUPPORTED where the model leaves a length open.
 */
export function staticShape({ name, className, inputShape }: LayerDescription): number[] {
  if (isSizes(inputShape)) return [...inputShape];
  throw new FuseInitError(
    'LAYER_UNSUPPORTED',
    `The layer ${JSON.stringify(name)} (${className}) can't be fused: its input shape ${inWords(inputShape)} leaves a length open; build the model with fixed lengths to fuse here.`,
    { layerName: name },
  );
}

/**
 * Prefers the plugin's own LAYER_UNSUPPORTED error to the one for an open length, since it says more. Any
 * other error is a consequence of the open length.
 */
function refuseOpenLengths(layer: LayerDescription, lower: () => unknown): number[][] {
  try {
    lower();
  } catch (error) {
    if (FuseInitError.isInstance(error) && error.code === 'LAYER_UNSUPPORTED') throw error;
  }
  const { otherInputShapes = [] } = layer;
  return [layer.inputShape, ...otherInputShapes].map((inputShape) => staticShape({ ...layer, inputShape }));
}

function agree(given: readonly number[], known: readonly (number | null)[]): boolean {
  return given.length === known.length && given.every((length, axis) => (known[axis] ?? length) === length);
}

/**
 * The fault of a lowering between these spatial lengths, phrased to continue 'gave ...'; undefined if there
 * is none.
 */
function loweringFault(
  lowering: unknown,
  from: readonly number[],
  to: readonly number[],
): string | undefined {
  if (typeof lowering !== 'object' || lowering === null) {
    return `${inWords(lowering)} where { reads } was expected`;
  }
  const { reads, geometry } = lowering as Record<string, unknown>;
  if (reads === 'everything') return undefined;
  if (reads === 'element') {
    if (from.join() === to.join()) return undefined;
    return `reads 'element', but the layer's positions are [${from}] before and [${to}] after`;
  }
  if (reads !== 'window') {
    return `reads ${inWords(reads)} where 'window', 'element' or 'everything' was expected`;
  }
  const fault = geometryFault(geometry);
  if (fault) return `a window whose geometry has ${fault}`;
  const { inputSize, outputSize } = geometry as { inputSize: number[]; outputSize: number[] };
  if (inputSize.join() === from.join() && outputSize.join() === to.join()) return undefined;
  return `a window over [${inputSize}] to [${outputSize}], but the layer's positions are [${from}] before and [${to}] after`;
}

/** A lowered layer in the form that pair plugins receive. */
export function pairMember(layer: LoweredLayer): PairMember {
  const { lowering, inputShape } = layer;
  const geometry = lowering.reads === 'window' ? lowering.geometry : wholeWindow(inputShape.slice(0, -1));
  return { ...layer, geometry };
}

/**
 * Fuses a pair by its plugin, and validates the result against the contract and the pair's shapes. Returns
 * null where the plugin declines.
 *
 * @throws PLUGIN_FAILED when the plugin throws, or returns what the contract doesn't allow.
 */
export function fusePair(
  plugin: LayerPairPlugin,
  pair: { readonly first: PairMember; readonly second: PairMember },
): FusedLayer | null {
  const call = callOf(plugin.name, 'fuse', pair.second.name);
  const given: unknown = callPlugin(call, () => plugin.fuse(pair));
  if (given === null) return null;
  const fused = withoutEmptyGeometry(given);
  const fault = fusedFault(fused, pair.first.inputShape.slice(0, -1), pair.second.outputShape.slice(0, -1));
  if (fault) throw pluginFailed(call, `gave ${fault}`);
  return fused as FusedLayer;
}

/**
 * The weights of a fused layer in its plugin's order, each an array of finite numbers that matches its shape.
 *
 * @throws PLUGIN_FAILED when the plugin throws, or returns anything else.
 */
export function pluginWeights(
  plugin: string,
  layerName: string,
  fused: FusedLayer,
  solved: SolvedWeights,
): NdArray[] {
  const call = callOf(plugin, 'toWeights', layerName);
  const weights: unknown = callPlugin(call, () => fused.toWeights(solved));
  if (!Array.isArray(weights)) {
    throw pluginFailed(call, `gave ${inWords(weights)} where a list of arrays was expected`);
  }
  return weights.map((weight: unknown, index): NdArray => {
    const { shape, data } = (weight ?? {}) as { shape?: unknown; data?: ArrayLike<number> };
    if (!isSizes(shape) || data?.length !== sizeOf(shape)) {
      throw pluginFailed(
        call,
        `gave ${inWords(weight)} of shape ${inWords(shape)} and ${inWords(data?.length)} numbers as weight ${index}, where { shape, data } was expected`,
      );
    }
    const numbers = Float64Array.from(data);
    const odd = numbers.find((value) => !Number.isFinite(value));
    if (odd !== undefined) throw pluginFailed(call, `gave ${odd} in weight ${index} of a finite solution`);
    return { shape, data: numbers };
  });
}

/**
 * The error for a layer-pair plugin that breaks its contract. `problem` continues the phrase 'its fuse ...'.
 */
export function pairFailed(
  plugin: string,
  method: 'fuse' | 'toWeights',
  layerName: string,
  problem: string,
  cause?: unknown,
): FuseInitError {
  return pluginFailed(callOf(plugin, method, layerName), problem, cause);
}

function callOf(plugin: string, method: string, layerName: string): PluginCall {
  return { plugin: `The layer-pair plugin ${JSON.stringify(plugin)}`, method, layerName };
}

/**
 * Replaces a geometry without axes, which {@link pairMember} gives a dense layer, by null: in a fused layer,
 * null stands for reading the whole input.
 */
function withoutEmptyGeometry(fused: unknown): unknown {
  if (typeof fused !== 'object' || fused === null) return fused;
  const { geometry } = fused as { geometry?: { inputSize?: unknown } | null };
  const { inputSize } = geometry ?? {};
  return Array.isArray(inputSize) && inputSize.length === 0 ? { ...fused, geometry: null } : fused;
}

/** Whether a plugin may set this entry in a fused layer's config. */
function isPluginsOwn(key: string, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (key === 'dataFormat') return value === 'channelsLast';
  if (key === 'dtype') return value === 'float32';
  const ofTheSpan = ['weights', 'inputShape', 'batchInputShape', 'batchSize', 'inputDType'];
  return !ofTheSpan.includes(key) && !key.endsWith('Constraint');
}

/**
 * The fault of a fused layer between these spatial lengths, phrased to continue 'gave ...'; undefined if
 * there is none.
 */
function fusedFault(fused: unknown, from: readonly number[], to: readonly number[]): string | undefined {
  if (typeof fused !== 'object' || fused === null) {
    return `${inWords(fused)} where a fused layer, or null for a pair that isn't its own, was expected`;
  }
  const { className, config, geometry, toWeights } = fused as Record<string, unknown>;
  if (typeof className !== 'string' || className === '') {
    return `className ${inWords(className)} where a class of tfjs-layers was expected`;
  }
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    return `config ${inWords(config)} where the layer's config was expected`;
  }
  const entry = Object.entries(config).find(([key, value]) => !isPluginsOwn(key, value));
  if (entry) {
    const [key, value] = entry;
    return `a config with ${key} ${inWords(value)}, which isn't a plugin's to give: what a fused layer reads and holds follows from the span, in channelsLast and float32, and constraints would change its weights when the model is loaded`;
  }
  if (typeof toWeights !== 'function') return `toWeights ${inWords(toWeights)} where a function was expected`;
  if (geometry === null) {
    if (to.length === 0) return undefined;
    return `geometry null, which reads the whole input once, for a pair with an output at each of [${to}] positions`;
  }
  const fault = geometryFault(geometry);
  if (fault) return `a layer whose geometry has ${fault}`;
  const { inputSize, outputSize } = geometry as PatchGeometry;
  if (inputSize.join() === from.join() && outputSize.join() === to.join()) return undefined;
  return `a geometry over [${inputSize}] to [${outputSize}], but the pair goes from [${from}] to [${to}]`;
}
