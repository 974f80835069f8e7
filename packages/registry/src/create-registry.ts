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

/** The plugins of a registry. */
export interface RegistryOptions {
  /** The plugins of layers. Where several describe the same class, the first one is used. */
  readonly layers: readonly LayerPlugin[];
  /** The plugins of pairs of layers, which are tried in this order before windows are composed. */
  readonly pairs?: readonly LayerPairPlugin[];
}

/** The known layers, and the pairs of layers that plugins fuse in their own way. */
export interface Registry {
  readonly pairs: readonly LayerPairPlugin[];
  /** Returns the plugin for a class, if there is one. */
  plugin(className: string): LayerPlugin | undefined;
  /**
   * Lowers a layer: determines what it reads and which positions in a span it may take.
   *
   * @throws LAYER_UNKNOWN when there is no plugin for its class.
   * @throws LAYER_UNSUPPORTED when the plugin doesn't support its config.
   * @throws PLUGIN_FAILED when the plugin throws any other error, or returns what the contract doesn't allow.
   */
  lower(layer: LayerDescription): LoweredLayer;
}

/**
 * Makes a registry of layer plugins and layer-pair plugins.
 *
 * @throws SPEC_VERSION_UNSUPPORTED, ARGUMENT_INVALID for plugins that `defineLayer` or `defineLayerPair`
 * refuses.
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
