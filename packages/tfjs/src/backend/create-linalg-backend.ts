import {
  type BackendAdapter,
  FuseInitError,
  type MomentSums,
  patchLayout,
  type SumsLayout,
} from '@fuseinit/core';
import type { WasmLinearAlgebra } from '@fuseinit/linalg';
import type { Tensor } from '../tensorflow.js';

/**
 * Creates a backend that multiplies and solves in `@fuseinit/linalg`, whichever backend `tf` runs on. The
 * tensors that a tap reads are downloaded to the host, and the sums stay in WebAssembly until they are taken.
 * Products of at most 256 rows are summed in float32, and these sums are added in float64.
 *
 * @param linalg The linear algebra to use. It remains the caller's, to be closed when all work is done.
 */
export function createLinalgBackend(linalg: WasmLinearAlgebra): BackendAdapter<Tensor> {
  const createSums = async (layout: SumsLayout): Promise<MomentSums<Tensor>> => {
    const sums = await linalg.createSums(layout);
    const numbersOf = (input: Tensor, target: Tensor) => {
      requireLayout(input, target, layout);
      return Promise.all([floatsOf(input), floatsOf(target)]);
    };
    return {
      async prime(input, target) {
        const numbers = await numbersOf(input, target);
        return sums.prime(...numbers);
      },
      async add(input, target) {
        const numbers = await numbersOf(input, target);
        return sums.add(...numbers);
      },
      take: () => sums.take(),
      dispose: () => sums.dispose(),
    };
  };
  return {
    specVersion: 1,
    name: linalg.name,
    floatPrecision: 32,
    maxTensorSize: Number.POSITIVE_INFINITY,
    linearAlgebra: linalg,
    read: (tensor) => tensor.data(),
    createSums,
    async patchMoments(input, target, geometry) {
      const { channels, outFeatures } = patchLayout(input.shape, target.shape, geometry);
      const sums = await createSums({ channels, outFeatures, geometry });
      try {
        await sums.add(input, target);
        return await sums.take();
      } finally {
        sums.dispose();
      }
    },
  };
}

function requireLayout(input: Tensor, target: Tensor, { channels, outFeatures, geometry }: SumsLayout): void {
  const came = patchLayout(input.shape, target.shape, geometry);
  if (came.channels === channels && came.outFeatures === outFeatures) return;
  throw new FuseInitError(
    'SHAPE_MISMATCH',
    `A batch of ${came.channels} channels and ${came.outFeatures} targets came where ${channels} and ${outFeatures} were expected.`,
  );
}

async function floatsOf(tensor: Tensor): Promise<Float32Array> {
  const values = await tensor.data();
  return values instanceof Float32Array ? values : Float32Array.from(values as Int32Array);
}
