import {
  type BackendAdapter,
  createMomentsAccumulator,
  type NdArray,
  ndArray,
  patchLayout,
  referenceBackend,
} from '@fuseinit/core';
import type { DeviceBackendOptions, Tensor } from '@fuseinit/tfjs';

/** Numbers in the patches that are written out at a time: 32 MiB in float64. */
const chunkSize = 2 ** 22;

/** Downloads batches and sums them in float64 in JavaScript: for devices whose own sums would be too coarse. */
export function createHostMoments({
  name,
  read,
  requireDevice,
}: Required<Pick<DeviceBackendOptions, 'name' | 'read' | 'requireDevice'>>): BackendAdapter<Tensor> {
  const download = async (tensor: Tensor): Promise<NdArray> => ndArray(tensor.shape, await read(tensor));
  return {
    specVersion: 1,
    name,
    floatPrecision: 16,
    maxTensorSize: Number.POSITIVE_INFINITY,
    read,
    requireDevice,
    async patchMoments(input, target, geometry) {
      const { batch, rows, patchSize, outFeatures } = patchLayout(input.shape, target.shape, geometry);
      const [inputs, targets] = [await download(input), await download(target)];
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

function samples({ shape, data }: NdArray, start: number, end: number): NdArray {
  const size = data.length / shape[0]!;
  return { shape: [end - start, ...shape.slice(1)], data: data.subarray(start * size, end * size) };
}
