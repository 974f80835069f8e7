import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The node-gyp that npm (or pnpm) brings along; undefined where none is. */
export function nodeGyp(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env.npm_config_node_gyp && existsSync(env.npm_config_node_gyp)) return env.npm_config_node_gyp;
  const beside = join(
    dirname(dirname(realpathSync(process.execPath))),
    'lib/node_modules/npm/bin/npm-cli.js',
  );
  for (const owner of [env.npm_execpath, beside]) {
    if (!owner || !existsSync(owner)) continue;
    try {
      return createRequire(realpathSync(owner)).resolve('node-gyp/bin/node-gyp.js');
    } catch {
      // This one has none; the next may.
    }
  }
  return undefined;
}
