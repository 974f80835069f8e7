import { FuseInitError, inWords, type LayerPairPlugin, type LayerPlugin } from '@fuseinit/core';
import { builtinLayers, createRegistry, type Registry } from '@fuseinit/registry';

/** A layer plugin or a layer-pair plugin. */
export type Plugin = LayerPlugin | LayerPairPlugin;

/**
 * Creates a registry of the built-in layers, with a user's plugins taking precedence.
 *
 * @throws ARGUMENT_INVALID, SPEC_VERSION_UNSUPPORTED, PLUGIN_CONFLICT for invalid plugins, or plugins given
 *   twice.
 */
export function registryWith(plugins: readonly Plugin[] = []): Registry {
  if (!Array.isArray(plugins)) {
    throw new FuseInitError('ARGUMENT_INVALID', `plugins is ${inWords(plugins)}: a list was expected.`);
  }
  const layers: LayerPlugin[] = [];
  const pairs: LayerPairPlugin[] = [];
  for (const [index, plugin] of (plugins as readonly Plugin[]).entries()) {
    if (typeof plugin !== 'object' || plugin === null) {
      throw new FuseInitError(
        'ARGUMENT_INVALID',
        `plugins[${index}] is ${inWords(plugin)}: what defineLayer or defineLayerPair returns was expected.`,
      );
    }
    if ('layers' in plugin || 'fuse' in plugin) pairs.push(plugin as LayerPairPlugin);
    else layers.push(plugin as LayerPlugin);
  }
  return createRegistry({ layers: [...layers, ...builtinLayers], pairs });
}
