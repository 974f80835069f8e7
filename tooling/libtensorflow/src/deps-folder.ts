import { existsSync, realpathSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { TensorFlowFolder } from './tensorflow-folder.js';

/**
 * Makes the `deps` folder that the binding is built against and finds its libraries by: links alone, since
 * the library is 790 MB.
 */
export async function linkDeps(deps: string, files: TensorFlowFolder): Promise<void> {
  const library = realpathSync(files.library);
  const framework = realpathSync(files.framework);
  const links: Readonly<Record<string, string>> = {
    'lib/libtensorflow.so': library,
    'lib/libtensorflow.so.2': library,
    // Python's library knows itself by this name, and the binding asks for it.
    'lib/libtensorflow_cc.so.2': library,
    'lib/libtensorflow_framework.so': framework,
    'lib/libtensorflow_framework.so.2': framework,
    include: realpathSync(files.include),
    // The loader looks for CUDA's libraries beside the link, not beside what it leads to.
    ...(files.nvidia ? { nvidia: realpathSync(files.nvidia) } : {}),
  };
  await mkdir(join(deps, 'lib'), { recursive: true });
  for (const [name, target] of Object.entries(links)) await symlink(target, join(deps, name));
}

/** Whether a package's `deps` lead to these files. */
export function depsLeadTo(deps: string, files: TensorFlowFolder): boolean {
  const link = join(deps, 'lib/libtensorflow.so.2');
  return existsSync(link) && realpathSync(link) === realpathSync(files.library);
}
