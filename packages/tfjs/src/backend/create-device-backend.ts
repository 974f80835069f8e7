import { type BackendAdapter, createMomentsAccumulator, FuseInitError, patchLayout } from '@fuseinit/core';
import type { Tensor, Tensor4D, TensorFlow } from '../tensorflow.js';
import { deviceChunks, largestTensor } from './device-chunks.js';
import { deviceProducts } from './device-products.js';
import { momentsOfProducts } from './moments-of-products.js';
import { requireSinglePrecision } from './require-single-precision.js';
import { inTwoAxes, pointWindow } from './window-2d.js';

/**
 * The maximum number of elements in the arrays of one chunk: 64 MiB of float32, so that the few arrays of a
 * chunk fit into the memory of a small device.
 */
const chunkSize = 2 ** 24;

/** Options of {@link createDeviceBackend}. */
export interface DeviceBackendOptions {
  readonly name: string;
  /** The largest number of elements that one tensor may have. */
  readonly maxTensorSize: number;
  /** The adapter's {@link BackendAdapter.read}. Defaults to `tensor.data()`. */
  readonly read?: (tensor: Tensor) => Promise<ArrayLike<number>>;
  /** The adapter's {@link BackendAdapter.requireDevice}. */
  readonly requireDevice?: () => void;
}

/**
 * Creates a backend that extracts patches and multiplies them on the device that the caller's `tf` runs on.
 * Only sums of products are read back. It is meant for devices with their own memory and for native
 * libraries; {@link createLinalgBackend} multiplies on the host.
 *
 * Batches are split by samples, and samples by output rows, so that no tensor has more than `maxTensorSize`
 * elements.
 *
 * Source: docs/math.md, section 1.
 *
 * @throws PRECISION_TOO_LOW on a device that computes in 16-bit floats, whose sums are too inexact for the
 *   solver.
 */
export function createDeviceBackend(
  tf: TensorFlow,
  { name, maxTensorSize, read = (tensor) => tensor.data(), requireDevice }: DeviceBackendOptions,
): BackendAdapter<Tensor> {
  requireSinglePrecision(tf, name);
  return {
    specVersion: 1,
    name,
    floatPrecision: 32,
    maxTensorSize,
    read,
    ...(requireDevice && { requireDevice }),
    async patchMoments(input, target, geometry) {
      const { batch, channels, patchSize, outFeatures } = patchLayout(input.shape, target.shape, geometry);
      const window = geometry ? inTwoAxes(geometry) : pointWindow;
      const columns = patchSize + outFeatures + 1;
      requireRoom(name, (columns + 1) * columns, maxTensorSize);
      // Integer tensors would turn the floats that they are concatenated with into integers.
      const [images, targets] = tf.tidy(() => [
        input.cast('float32').reshape([batch, ...window.inputSize, channels]) as Tensor4D,
        target.cast('float32').reshape([batch, ...window.outputSize, outFeatures]) as Tensor4D,
      ]) as [Tensor4D, Tensor4D];
      try {
        const sum = createMomentsAccumulator(patchSize, outFeatures);
        const room = Math.min(chunkSize, maxTensorSize);
        for (const part of deviceChunks(batch, window.outputSize, columns, room)) {
          const rows = part.samples * part.rows * window.outputSize[1];
          requireRoom(name, largestTensor(rows, columns), maxTensorSize);
          const products = deviceProducts(tf, { images, targets, window }, part);
          try {
            sum.merge(momentsOfProducts(await read(products), rows, patchSize, outFeatures));
          } finally {
            products.dispose();
          }
        }
        return sum.moments();
      } finally {
        tf.dispose([images, targets]);
      }
    },
  };
}

function requireRoom(name: string, size: number, maxTensorSize: number): void {
  if (size <= maxTensorSize) return;
  throw new FuseInitError(
    'TENSOR_TOO_LARGE',
    `${name} holds ${maxTensorSize} numbers in one tensor at most, and ${size} are needed: take a smaller kernelSize, or a backend that lays out on the host.`,
  );
}
