import type { BackendAdapter, LinearAlgebra } from '@fuseinit/core';
import {
  type CalibrationData,
  type Fused,
  type FuseOptions,
  fuse,
  type LayersModel,
  type Tensor,
  type TensorFlow,
} from '@fuseinit/tfjs';
import { createPhaseClock, type PhaseClock } from './phase-clock.js';

/** As `fuse` takes them by default. */
const batchSize = 256;

/**
 * `fuse` as it is, and how long each of its phases took, told from outside by what it asks of what it was
 * given: from one batch of data to the next, networks run and the backend multiplies; after the last batch,
 * and whenever linear algebra is asked for, it solves until it next touches `tf`, to build the student.
 *
 * @param images [count, ...shape]
 */
export async function watchedFuse(
  { tf, backend }: { readonly tf: TensorFlow; readonly backend: BackendAdapter<Tensor> },
  linearAlgebra: LinearAlgebra,
  teacher: LayersModel,
  images: { readonly data: Float32Array; readonly shape: readonly number[] },
  spans: FuseOptions['spans'],
): Promise<Fused & { readonly seconds: ReturnType<PhaseClock['seconds']> }> {
  const clock = createPhaseClock();
  let comparing = false;
  const fused = await fuse(teacher, {
    tf: watchedTf(tf, clock),
    backend: watchedBackend(backend, clock),
    linearAlgebra: watchedLinearAlgebra(linearAlgebra, clock),
    calibrationData: watchedData(images, clock, () => comparing),
    // The length of a stream isn't known, and decides how a layer of many inputs is solved.
    samples: images.shape[0]!,
    spans,
    onProgress: ({ stage }) => {
      comparing = stage === 'compare';
      // What came of the products is added up: a held-out part of the same batch may be run next.
      clock.enter('forward');
    },
  });
  return { ...fused, seconds: clock.seconds() };
}

/**
 * Batches; what comes between two of them is a forward pass, if nothing else is told, and after the last the
 * solution.
 */
function watchedData(
  { data, shape }: { readonly data: Float32Array; readonly shape: readonly number[] },
  clock: PhaseClock,
  isLast: () => boolean,
): CalibrationData {
  const [count = 0, ...sampleShape] = shape;
  const sample = data.length / count;
  return {
    async *[Symbol.asyncIterator]() {
      try {
        for (let start = 0; start < count; start += batchSize) {
          const size = Math.min(batchSize, count - start);
          clock.enter('forward');
          yield {
            data: data.subarray(start * sample, (start + size) * sample),
            shape: [size, ...sampleShape],
          };
        }
      } finally {
        // Not all of it may be asked for.
        clock.enter(isLast() ? 'other' : 'solve');
      }
    },
  };
}

/** A `tf` that tells when it is touched for the first time after a solution. */
function watchedTf(tf: TensorFlow, clock: PhaseClock): TensorFlow {
  return new Proxy(tf, {
    get(target, name) {
      if (clock.phase === 'solve') clock.enter('build');
      return Reflect.get(target, name);
    },
  });
}

/** A backend whose work is products, in one call a batch or in sums that are taken at the end. */
function watchedBackend(backend: BackendAdapter<Tensor>, clock: PhaseClock): BackendAdapter<Tensor> {
  const watched = watchedMethods(backend, ['patchMoments'], clock);
  if (!backend.createSums) return watched;
  return {
    ...watched,
    createSums: async (layout) => watchedMethods(await backend.createSums!(layout), ['add', 'take'], clock),
  };
}

/**
 * Between two layers that are solved from one pass, asking for linear algebra ends the building of the first.
 */
function watchedLinearAlgebra(linearAlgebra: LinearAlgebra, clock: PhaseClock): LinearAlgebra {
  const solving = async <Result>(work: () => Result | Promise<Result>): Promise<Result> => {
    const before = clock.phase;
    clock.enter('solve');
    try {
      return await work();
    } finally {
      clock.enter(before === 'build' ? 'solve' : before);
    }
  };
  return {
    ...linearAlgebra,
    solvePositive: (...of) => solving(() => linearAlgebra.solvePositive(...of)),
    multiplyTransposed: (...of) => solving(() => linearAlgebra.multiplyTransposed(...of)),
  };
}

/**
 * The object with some of its methods counted as products. Adding up what they gave, after them, is neither.
 */
function watchedMethods<Watched extends object>(
  object: Watched,
  names: readonly (keyof Watched & string)[],
  clock: PhaseClock,
): Watched {
  const methods = object as Record<string, (...of: unknown[]) => unknown>;
  const watched = names.flatMap((name) => {
    const method = methods[name];
    if (!method) return [];
    const run = async (...of: unknown[]) => {
      const before = clock.phase;
      clock.enter('products');
      try {
        return await method.apply(object, of);
      } finally {
        clock.enter(before === 'forward' ? 'other' : before);
      }
    };
    return [[name, run]];
  });
  return { ...object, ...Object.fromEntries(watched) };
}
