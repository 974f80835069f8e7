import { type NdArray, sizeOf } from '../array/nd-array.js';
import type { FuseInitError } from '../errors/fuse-init-error.js';
import { inWords } from '../errors/in-words.js';
import { geometryFault } from '../geometry/geometry-fault.js';
import { isSizes, type PatchGeometry } from '../geometry/patch-geometry.js';
import { callPlugin, type PluginCall, pluginFailed } from './call-plugin.js';
import type { FusedLayer, LayerPairPlugin, PairMember, SolvedWeights } from './layer-pair-plugin.js';
import type { LoweredLayer } from './layer-plugin.js';

/** A lowered layer as a pair plugin is given it. */
export function pairMember(layer: LoweredLayer): PairMember {
  const { lowering, inputShape } = layer;
  const geometry = lowering.reads === 'window' ? lowering.geometry : wholeWindow(inputShape.slice(0, -1));
  return { ...layer, geometry };
}

/** One window as large as the input. */
function wholeWindow(inputSize: readonly number[]): PatchGeometry {
  const ones = inputSize.map(() => 1);
  return {
    inputSize,
    outputSize: ones,
    kernelSize: inputSize,
    strides: ones,
    dilationRate: ones,
    padding: inputSize.map(() => [0, 0] as const),
  };
}

/**
 * What a plugin fuses a pair into, held to the contract and to the pair's shapes; null where the pair isn't its own.
 *
 * @throws PLUGIN_FAILED when the plugin throws, or gives what the contract doesn't allow.
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
 * The weights of a fused layer as its plugin orders them, each an array of finite numbers that fill its shape.
 *
 * @throws PLUGIN_FAILED when the plugin throws, or gives anything else.
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

/** The error of a layer-pair plugin that doesn't keep the contract: `problem` continues 'its fuse ...'. */
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

/** A window without an axis, as {@link pairMember} gives a dense layer, reads its whole input: that is null in a fused layer. */
function withoutEmptyGeometry(fused: unknown): unknown {
  if (typeof fused !== 'object' || fused === null) return fused;
  const { geometry } = fused as { geometry?: { inputSize?: unknown } | null };
  const { inputSize } = geometry ?? {};
  return Array.isArray(inputSize) && inputSize.length === 0 ? { ...fused, geometry: null } : fused;
}

/** What is wrong with a fused layer from and to these spatial lengths, in words that continue 'gave ...'. */
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
