import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where unpacked libraries are kept, for all checkouts of a user. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'fuseinit', 'libtensorflow');
}
