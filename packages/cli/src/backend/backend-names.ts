/** wasm and cpu are npm packages alone, node-gpu needs its native part. */
export const backendNames = ['node-gpu', 'wasm', 'cpu'] as const;

export type BackendName = (typeof backendNames)[number];
