import {
  type BackendAdapter,
  createMomentsAccumulator,
  emptyMoments,
  type MomentSums,
  type MomentsAccumulator,
  notFiniteSide,
  type SumsLayout,
  sizeOf,
} from '@fuseinit/core';
import type { Tensor } from '../tensorflow.js';

/** Sums for a backend that has none of its own: the moments of each batch are brought home and merged in float64. */
export function batchSums(
  backend: BackendAdapter<Tensor>,
  { channels, outFeatures, geometry }: SumsLayout,
): MomentSums<Tensor> {
  const patchSize = channels * (geometry ? sizeOf(geometry.kernelSize) : 1);
  let sum: MomentsAccumulator | undefined;
  return {
    async add(input, target) {
      const moments = await backend.patchMoments(input, target, geometry);
      const side = notFiniteSide(moments);
      if (side) return side;
      sum ??= createMomentsAccumulator(patchSize, outFeatures);
      sum.merge(moments);
      return undefined;
    },
    async take() {
      const moments = sum?.moments() ?? emptyMoments(patchSize, outFeatures);
      sum = undefined;
      return moments;
    },
    dispose() {
      sum = undefined;
    },
  };
}
