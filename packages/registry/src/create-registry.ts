import {
  defineLayer,
  defineLayerPair,
  FuseInitError,
  inWords,
  type LayerDescription,
  type LayerPairPlugin,
  type LayerPlugin,
  type LoweredLayer,
  lowerLayer,
} from '@fuseinit/core';

export interface RegistryOptions {
  /** Earlier ones win over later ones for a class that both speak for. */
  readonly layers: readonly LayerPlugin[];
  /** Tried in order, before geometries are composed. */
  readonly pairs?: readonly LayerPairPlugin[];
}

/** Which layers fusion knows, and the pairs that have a way of their own. */
export interface Registry {
  readonly pairs: readonly LayerPairPlugin[];
  /** The plugin that speaks for a class, if any does. */
  plugin(className: string): LayerPlugin | undefined;
  /**
   * What a layer reads and where in a span it may stand.
   *
   * @throws LAYER_UNKNOWN when no plugin speaks for its class.
   * @throws LAYER_UNSUPPORTED when the plugin can't honour its config.
   * @throws PLUGIN_FAILED when the plugin throws anything else, or gives what the contract doesn't allow.
   */
  lower(layer: LayerDescription): LoweredLayer;
}

/**
 * A registry of layer plugins and layer-pair plugins.
 *
 * @throws SPEC_VERSION_UNSUPPORTED, ARGUMENT_INVALID for what `defineLayer` and `defineLayerPair` refuse.
 * @throws PLUGIN_CONFLICT when one list holds the same plugin twice.
 */
export function createRegistry({ layers, pairs = [] }: RegistryOptions): Registry {
  const byClass = new Map<string, LayerPlugin>();
  for (const plugin of layers) defineLayer(plugin);
  for (const pair of pairs) defineLayerPair(pair);
  requireOnce(layers, ({ classNames }) => classNames);
  requireOnce(pairs, ({ name }) => name);
  for (const plugin of layers) {
    for (const className of plugin.classNames) {
      if (!byClass.has(className)) byClass.set(className, plugin);
    }
  }

  return {
    pairs,
    plugin: (className) => byClass.get(className),
    lower(layer) {
      const plugin = byClass.get(layer.className);
      if (!plugin) {
        throw new FuseInitError(
          'LAYER_UNKNOWN',
          `The layer ${JSON.stringify(layer.name)} is a ${layer.className}, which no plugin speaks for: write one with defineLayer and pass it in plugins, or choose spans without it.`,
          { layerName: layer.name },
        );
      }
      return lowerLayer(plugin, layer);
    },
  };
}

function requireOnce<P>(plugins: readonly P[], nameOf: (plugin: P) => unknown): void {
  const twice = plugins.find((plugin, index) => plugins.indexOf(plugin) !== index);
  if (!twice) return;
  throw new FuseInitError(
    'PLUGIN_CONFLICT',
    `The plugin ${inWords(nameOf(twice))} was given twice: give it once.`,
  );
}
