import { loadNodeGpu, nodeGpuDevice, nodeGpuStatus } from '@fuseinit/backend-node-gpu';
import { FuseInitError } from '@fuseinit/core';
import { repairKernels, type TensorFlow } from '@fuseinit/tfjs';
import { registerTrainingKernels } from '@fuseinit/wasm-gradients';

/** The backends of Node: wasm and cpu are npm packages alone, node-gpu needs its native part. */
export const backendNames = ['node-gpu', 'wasm', 'cpu'] as const;

/** The name of a backend of Node. */
export type BackendName = (typeof backendNames)[number];

/** A backend that was started. */
export interface Device {
  readonly tf: TensorFlow;
  readonly name: BackendName;
  /** What it computes on, in words: a library and its version. */
  readonly computesOn: string;
}

/** How a backend is started. */
export interface StartOptions {
  /**
   * Whether kernels that TensorFlow.js computes wrongly are repaired, and wasm gets the gradients of
   * convolutions that it lacks. Default true.
   */
  readonly repair?: boolean;
}

/**
 * Starts a backend in this process, able to train.
 *
 * @param name The backend; undefined for the native library where it is built and loads, else wasm.
 * @param warn Called with the reason when the native library is built but can't be loaded.
 * @throws BACKEND_UNAVAILABLE when `name` is node-gpu and its native part isn't there.
 */
export async function startBackend(
  name?: BackendName,
  warn: (message: string) => void = () => {},
  { repair = true }: StartOptions = {},
): Promise<Device> {
  if (name === 'node-gpu') return startNodeGpu(repair);
  if (name === undefined && nodeGpuStatus().state === 'built') {
    try {
      return await startNodeGpu(repair);
    } catch (error) {
      if (!FuseInitError.isInstance(error) || error.code !== 'BACKEND_UNAVAILABLE') throw error;
      warn(`${error.message} wasm is used instead.`);
    }
  }
  return startPortable(name ?? 'wasm', repair);
}

async function startNodeGpu(repair: boolean): Promise<Device> {
  // TensorFlow writes a greeting to stderr.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  const tf = await loadNodeGpu();
  tf.enableProdMode();
  if (repair) repairKernels(tf);
  const library = libtensorflowVersion(tf);
  const parts = [
    `tfjs-node-gpu ${tf.version['tfjs-core']}`,
    library && `libtensorflow ${library}`,
    nodeGpuDevice(tf),
  ];
  return { tf, name: 'node-gpu', computesOn: parts.filter(Boolean).join(', ') };
}

async function startPortable(name: 'wasm' | 'cpu', repair: boolean): Promise<Device> {
  const { default: tf } = await import('@tensorflow/tfjs');
  // TensorFlow.js writes a greeting too, unless it is in production.
  tf.enableProdMode();
  if (name === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend(name);
  await tf.ready();
  if (repair) repairKernels(tf);
  if (repair && name === 'wasm') registerTrainingKernels(tf, { replaceInputGradient: true });
  return { tf, name, computesOn: `tfjs ${tf.version.tfjs}, Node ${process.version}` };
}

/** The version of the native library, if it gives one. */
function libtensorflowVersion(tf: TensorFlow): string | undefined {
  const { binding } = tf.backend() as { binding?: { readonly TF_Version?: unknown } };
  return typeof binding?.TF_Version === 'string' ? binding.TF_Version : undefined;
}
