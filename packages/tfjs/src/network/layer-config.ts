import { FuseInitError } from '@fuseinit/core';
import type { Layer } from '../tensorflow.js';
import { isLayer, isNestedModel } from './layer-internals.js';

type Config = Record<string, unknown>;

/**
 * Fields, by class, that the constructors of tfjs-layers 4.22 read from a config but its `getConfig()` omits
 * or, for DepthwiseConv2D, fills with the value of another field.
 */
const fieldsLeftOut: Readonly<Record<string, readonly string[]>> = {
  AlphaDropout: ['noiseShape'],
  Conv1D: ['dataFormat'],
  Conv2DTranspose: ['dilationRate'],
  Conv3DTranspose: ['dilationRate'],
  DepthwiseConv2D: ['depthwiseConstraint'],
  SeparableConv2D: ['depthMultiplier'],
};

/**
 * Fields that `getConfig()` writes as a class name alone, without the parameters that an activation may have.
 */
const activationFields = ['activation', 'recurrentActivation'];

/**
 * A layer's config with everything that another layer needs to compute and train in the same way.
 *
 * The `getConfig()` of tfjs-layers omits some settings: those of the layer itself, of layers that it wraps,
 * of recurrent cells, and of the layers of a model that it wraps.
 *
 * @throws MODEL_UNSUPPORTED if `getConfig()` fails, as it does for a custom layer or constraint without one.
 */
export function layerConfig(layer: Layer): Config {
  let config: Config;
  try {
    config = layer.getConfig() as Config;
  } catch (cause) {
    throw new FuseInitError(
      'MODEL_UNSUPPORTED',
      `getConfig() of the layer ${JSON.stringify(layer.name)} (${layer.getClassName()}) failed: a custom layer, constraint, regularizer or initializer must have a getConfig().`,
      { layerName: layer.name, cause },
    );
  }
  return { ...config, ...completion(layer, config) };
}

/**
 * Completes the `getConfig()` of a layer that was created here, and thereby the file that it is saved in: see
 * {@link layerConfig}.
 */
export function completeGetConfig(layer: Layer): void {
  const getConfig = layer.getConfig.bind(layer);
  if (Object.keys(completion(layer, getConfig() as Config)).length === 0) return;
  layer.getConfig = () => {
    const config = getConfig() as Config;
    return { ...config, ...completion(layer, config) } as ReturnType<typeof getConfig>;
  };
}

/** The settings that a config lacks. */
function completion(layer: Layer, config: Config): Config {
  const fields = layer as unknown as Config;
  const found: Config = {};
  for (const name of fieldsLeftOut[layer.getClassName()] ?? []) found[name] = serialized(fields[name]);
  for (const name of activationFields) {
    const activation = fields[name];
    if (hasParameters(activation)) found[name] = serialized(activation);
  }
  if (isNestedModel(layer)) {
    const entries = config.layers as readonly Config[];
    found.layers = entries.map((entry, index) => ({ ...entry, config: layerConfig(layer.layers[index]!) }));
    return found;
  }
  const { layer: wrapped, forwardLayer, cell, cells } = fields;
  if (isLayer(wrapped) && 'layer' in config) found.layer = serializedLayer(wrapped);
  // Bidirectional runs copies of the layer that it was given, which were made from its incomplete config.
  if (isLayer(wrapped) && isLayer(forwardLayer)) {
    const { className, config: forward } = serializedLayer(forwardLayer);
    found.layer = { className, config: { ...(forward as Config), name: wrapped.name } };
  }
  // A recurrent layer of a specific class, such as LSTM, has the fields of its cell as its own.
  if (isLayer(cell)) {
    if ('cell' in config) found.cell = serializedLayer(cell);
    else Object.assign(found, completion(cell, cell.getConfig() as Config));
  }
  if (Array.isArray(cells) && 'cells' in config) found.cells = (cells as Layer[]).map(serializedLayer);
  return found;
}

function hasParameters(activation: unknown): boolean {
  if (typeof activation !== 'object' || activation === null || !('getConfig' in activation)) return false;
  return Object.keys((activation as Layer).getConfig()).length > 0;
}

function serializedLayer(layer: Layer): Config {
  return { className: layer.getClassName(), config: layerConfig(layer) };
}

/** Serializes objects that have a config as tfjs-layers does. Other values are returned unchanged. */
function serialized(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('getConfig' in value)) return value ?? null;
  const { getClassName, getConfig } = value as Layer;
  return { className: getClassName.call(value), config: getConfig.call(value) };
}
