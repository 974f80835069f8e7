import { nodeBackends } from '@fuseinit/node-fuse/start-backend';

/** The backends that the project is tested on. */
export const backendNames = [...nodeBackends, 'webgl'] as const;

export type BackendName = (typeof backendNames)[number];

export function isBackendName(name: string): name is BackendName {
  return (backendNames as readonly string[]).includes(name);
}
