import {
  type BackendAdapter,
  createMomentsAccumulator,
  type NdArray,
  ndArray,
  patchLayout,
  referenceBackend,
} from '@fuseinit/core';
import type { Tensor } from '@fuseinit/tfjs';

/** Numbers in the patches that are written out at a time: 32 MiB in float64. */
const chunkSize = 2 ** 22;

/** Downloads batches and sums them in float64 in JavaScript: for devices whose own sums would be too coarse. */
export function createHostMoments(name: string, requireDevice: () => void): BackendAdapter<Tensor> {
  return {
    specVersion: 1,
    name,
    floatPrecision: 16,
    maxTensorSize: Number.POSITIVE_INFINITY,
    requireDevice,
    async patchMoments(input, target, geometry) {
      const { batch, rows, patchSize, outFeatures } = patchLayout(input.shape, target.shape, geometry);
      const [inputs, targets] = await Promise.all([download(input), download(target)]);
      requireDevice();
      const sum = createMomentsAccumulator(patchSize, outFeatures);
      const samplesAtOnce = Math.max(1, Math.floor((chunkSize * batch) / (rows * patchSize)));
      for (let start = 0; start < batch; start += samplesAtOnce) {
        const end = Math.min(batch, start + samplesAtOnce);
        sum.merge(
          referenceBackend.patchMoments(samples(inputs, start, end), samples(targets, start, end), geometry),
        );
      }
      return sum.moments();
    },
  };
}

async function download(tensor: Tensor): Promise<NdArray> {
  return ndArray(tensor.shape, await tensor.data());
}

function samples({ shape, data }: NdArray, start: number, end: number): NdArray {
  const size = data.length / shape[0]!;
  return { shape: [end - start, ...shape.slice(1)], data: data.subarray(start * size, end * size) };
}
