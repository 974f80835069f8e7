import { FuseInitError } from '../errors/fuse-init-error.js';
import { inWords } from '../errors/in-words.js';

/** Which function of which plugin is called about which layer: what an error of a plugin names. */
export interface PluginCall {
  /** 'The layer plugin of [...]' or 'The layer-pair plugin "..."'. */
  readonly plugin: string;
  /** The function of the contract: `lower`, `fuse`, `toWeights`. */
  readonly method: string;
  readonly layerName: string;
}

/**
 * What a function of a plugin returns. A refusal of the layer passes, with the layer named; anything else that is
 * thrown is the plugin's fault.
 *
 * @throws LAYER_UNSUPPORTED as the plugin does, and where a layer's window doesn't fit its input.
 * @throws PLUGIN_FAILED for any other error, which is its `cause`.
 */
export function callPlugin<T>(call: PluginCall, run: () => T): T {
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

/** The error of a plugin that doesn't keep the contract: `problem` continues 'its lower ...'. */
export function pluginFailed(
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
