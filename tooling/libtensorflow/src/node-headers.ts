import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder whose `include/node` has headers of this Node's major version; undefined: node-gyp downloads them. */
export function nodeHeaders(
  prefixes: readonly (string | undefined)[] = likelyPrefixes(),
): string | undefined {
  const major = process.versions.node.split('.')[0];
  return prefixes.find((prefix) => prefix !== undefined && majorOf(prefix) === major);
}

function likelyPrefixes(): (string | undefined)[] {
  return [process.env.npm_config_nodedir, dirname(dirname(realpathSync(process.execPath)))];
}

function majorOf(prefix: string): string | undefined {
  const include = join(prefix, 'include', 'node');
  const header = join(include, 'node_version.h');
  if (!existsSync(join(include, 'node.h')) || !existsSync(header)) return undefined;
  return /#define NODE_MAJOR_VERSION (\d+)/.exec(readFileSync(header, 'utf8'))?.[1];
}
