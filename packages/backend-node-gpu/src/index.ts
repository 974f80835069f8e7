export { createNodeGpuBackend } from './create-node-gpu-backend.js';
export { loadNodeGpu } from './load-node-gpu.js';
export { type NodeGpuDevice, nodeGpuDevice } from './node-gpu-device.js';
export { type NodeGpuStatus, nodeGpuStatus } from './node-gpu-status.js';
