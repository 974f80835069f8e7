import { FuseInitError } from '../errors/fuse-init-error.js';
import type { LayerPairPlugin } from './layer-pair-plugin.js';
import type { LayerPlugin } from './layer-plugin.js';

/**
 * Checks and returns a layer plugin; its type is what it gives.
 *
 * @throws SPEC_VERSION_UNSUPPORTED when it was written for another version of the contract.
 * @throws ARGUMENT_INVALID when it names no class.
 */
export function defineLayer<P extends LayerPlugin>(plugin: P): P {
  requireSpecVersion(plugin.specVersion, plugin.classNames?.join());
  if (!plugin.classNames?.length) {
    throw new FuseInitError('ARGUMENT_INVALID', 'A layer plugin names no class: classNames was expected.');
  }
  return plugin;
}

/**
 * Checks and returns a layer-pair plugin; its type is what it gives.
 *
 * @throws SPEC_VERSION_UNSUPPORTED when it was written for another version of the contract.
 * @throws ARGUMENT_INVALID when it doesn't name two classes.
 */
export function defineLayerPair<P extends LayerPairPlugin>(plugin: P): P {
  requireSpecVersion(plugin.specVersion, plugin.name);
  if (plugin.layers?.length !== 2) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `The layer-pair plugin ${JSON.stringify(plugin.name)} names [${plugin.layers}]: two classes were expected.`,
    );
  }
  return plugin;
}

function requireSpecVersion(version: unknown, name: string | undefined): void {
  if (version !== 1) {
    throw new FuseInitError(
      'SPEC_VERSION_UNSUPPORTED',
      `The plugin ${JSON.stringify(name)} has specVersion ${JSON.stringify(version)}: this @fuseinit/core speaks 1. Install versions that match.`,
    );
  }
}
