import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The first folder that has Node's headers in `include/node`: the one that npm is configured with, or Node's
 * own; undefined: node-gyp downloads them. Their version doesn't matter, for Node-API stays as it is.
 */
export function nodeHeaders(
  prefixes: readonly (string | undefined)[] = likelyPrefixes(),
): string | undefined {
  return prefixes.find((prefix) => prefix && existsSync(join(prefix, 'include', 'node', 'node_api.h')));
}

function likelyPrefixes(): (string | undefined)[] {
  return [process.env.npm_config_nodedir, dirname(dirname(realpathSync(process.execPath)))];
}
