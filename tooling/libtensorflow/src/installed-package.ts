import { type NodeGpuStatus, nodeGpuStatus } from '@fuseinit/backend-node-gpu';
import { problem } from './problem.js';

/** The version whose sources are known to build against the library. */
const knownVersion = '4.22.0';

export type InstalledPackage = Exclude<NodeGpuStatus, { state: 'not-installed' }>;

/**
 * The package as `@fuseinit/backend-node-gpu` sees it.
 *
 * @throws BACKEND_UNAVAILABLE when it isn't installed, or in a version that this isn't known to work with.
 */
export function installedPackage(): InstalledPackage {
  const status = nodeGpuStatus();
  if (status.state === 'not-installed')
    throw problem(
      '@tensorflow/tfjs-node-gpu is not installed: npx --yes pnpm@10.34.9 install --frozen-lockfile, without --prod.',
    );
  if (status.packageVersion !== knownVersion)
    throw problem(
      `@tensorflow/tfjs-node-gpu is ${status.packageVersion}, and this builds ${knownVersion}: the catalog in ` +
        'pnpm-workspace.yaml names the version.',
    );
  return status;
}
