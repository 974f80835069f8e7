import { nodeGpuStatus } from '@fuseinit/backend-node-gpu';
import { type Device, startBackend } from '@fuseinit/node-fuse/start-backend';
import { registerTrainingKernels } from '@fuseinit/wasm-gradients';

/** What can train here: the native library, or an npm package alone. */
export const experimentBackends = ['node-gpu', 'wasm', 'cpu'] as const;

export type ExperimentBackend = (typeof experimentBackends)[number];

/** The native library where it is, else the fastest that can train. */
export function fastestBackend(): ExperimentBackend {
  return nodeGpuStatus().state === 'built' ? 'node-gpu' : 'wasm';
}

/** Starts a backend, with the gradients that it lacks. */
export async function startTrainingBackend(name: ExperimentBackend): Promise<Device> {
  const device = await startBackend(name);
  if (name === 'wasm') registerTrainingKernels(device.tf, { replaceInputGradient: true });
  return device;
}
