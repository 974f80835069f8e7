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
  /** The plugins of layers. For a class that several speak for, the first of them is used. */
  readonly layers: readonly LayerPlugin[];
  /** The plugins of pairs of layers, which are tried in this order before windows are composed. */
  readonly pairs?: readonly LayerPairPlugin[];
}

/** The layers that fusion knows, and the pairs of layers that plugins fuse in a way of their own. */
export interface Registry {
  readonly pairs: readonly LayerPairPlugin[];
  /** Returns the plugin that speaks for a class, if any does. */
  plugin(className: string): LayerPlugin | undefined;
  /**
   * Tells what a layer reads and where in a span it may stand.
   *
   * @throws LAYER_UNKNOWN when no plugin speaks for its class.
   * @throws LAYER_UNSUPPORTED when the plugin can't honour its config.
   * @throws PLUGIN_FAILED when the plugin throws anything else, or gives what the contract doesn't allow.
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
