/** The backends that the project is tested on. */
export const backendNames = ['wasm', 'cpu', 'node-gpu', 'webgl'] as const;

export type BackendName = (typeof backendNames)[number];

export function isBackendName(name: string): name is BackendName {
  return (backendNames as readonly string[]).includes(name);
}
