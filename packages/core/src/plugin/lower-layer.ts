import { FuseInitError } from '../errors/fuse-init-error.js';
import { inWords } from '../errors/in-words.js';
import { geometryFault } from '../geometry/geometry-fault.js';
import { isSizes } from '../geometry/patch-geometry.js';
import { callPlugin, type PluginCall, pluginFailed } from './call-plugin.js';
import type { LayerDescription } from './layer-description.js';
import type { LayerPlugin, LoweredLayer, Lowering } from './layer-plugin.js';

/**
 * What a plugin says of a layer, held to the contract and to the layer's own shapes: whatever reads a
 * {@link LoweredLayer} may rely on it.
 *
 * @throws LAYER_UNSUPPORTED when the plugin can't honour the layer's config, or a length of its input is open.
 * @throws PLUGIN_FAILED when the plugin throws anything else, or gives what the contract doesn't allow.
 */
export function lowerLayer(plugin: LayerPlugin, layer: LayerDescription): LoweredLayer {
  const call = (method: string): PluginCall => ({
    plugin: `The layer plugin of ${inWords(plugin.classNames)}`,
    method,
    layerName: layer.name,
  });
  const lower = () => callPlugin(call('lower'), () => plugin.lower(layer));
  const inputShape = isSizes(layer.inputShape) ? layer.inputShape : refuseOpenLengths(layer, lower);
  const lowering: unknown = lower();
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
  const fault = loweringFault(lowering, inputShape.slice(0, -1), outputShape.slice(0, -1));
  if (fault) throw pluginFailed(call('lower'), `gave ${fault}`);
  const { activation } = layer.config;
  return {
    ...layer,
    inputShape,
    outputShape,
    roles: plugin.roles,
    lowering: lowering as Lowering,
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

/** A plugin's refusal says more than an open length does; any other error comes of the length itself. */
function refuseOpenLengths(layer: LayerDescription, lower: () => unknown): number[] {
  try {
    lower();
  } catch (error) {
    if (FuseInitError.isInstance(error) && error.code === 'LAYER_UNSUPPORTED') throw error;
  }
  return staticShape(layer);
}

function agree(given: readonly number[], known: readonly (number | null)[]): boolean {
  return given.length === known.length && given.every((length, axis) => (known[axis] ?? length) === length);
}

/** What is wrong with a lowering of a layer from and to these spatial lengths, in words that continue 'gave ...'. */
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
