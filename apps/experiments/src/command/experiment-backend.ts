import { nodeGpuStatus } from '@fuseinit/backend-node-gpu';
import type { BackendName } from '@fuseinit/node-backends';

/** The native library where it is built, else the fastest backend that can train. */
export function fastestBackend(): BackendName {
  return nodeGpuStatus().state === 'built' ? 'node-gpu' : 'wasm';
}
