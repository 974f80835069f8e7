import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder where unpacked libraries are kept, shared by all checkouts of a user. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'fuseinit', 'libtensorflow');
}
