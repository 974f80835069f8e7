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

/**
 * The phases of a fusion: it runs networks, multiplies, solves, builds the student, or does anything else.
 */
export const phases = ['forward', 'products', 'solve', 'build', 'other'] as const;

export type Phase = (typeof phases)[number];

/** Measures the time spent in each phase. It is always in exactly one phase. */
export interface PhaseClock {
  readonly phase: Phase;
  enter(phase: Phase): void;
  /** Returns the seconds spent in each phase so far; their sum is the time since the clock was made. */
  seconds(): Readonly<Record<Phase, number>>;
}

/** Makes a clock that starts in `'other'`. @param now Returns the time in milliseconds. */
export function createPhaseClock(now: () => number = () => performance.now()): PhaseClock {
  const spent = Object.fromEntries(phases.map((phase) => [phase, 0])) as Record<Phase, number>;
  let phase: Phase = 'other';
  let since = now();
  const settle = () => {
    const time = now();
    spent[phase] += (time - since) / 1000;
    since = time;
  };
  return {
    get phase() {
      return phase;
    },
    enter(next) {
      settle();
      phase = next;
    },
    seconds() {
      settle();
      return { ...spent };
    },
  };
}

/** The default batch size of `fuse`. */
const batchSize = 256;

/**
 * Runs `fuse` unchanged and measures its phases from outside, by watching the objects that it was given. From
 * one batch of data to the next it runs networks, and the backend multiplies. After the last batch, and
 * whenever it calls linear algebra, it solves until it next uses `tf`, which builds the student.
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
    backend: {
      ...watchedBackend(backend, clock),
      linearAlgebra: watchedLinearAlgebra(linearAlgebra, clock),
    },
    calibrationData: watchedData(images, clock, () => comparing),
    // `fuse` can't know the length of a stream, and needs it to decide how to solve a layer with many inputs.
    samples: images.shape[0]!,
    spans,
    onProgress: ({ stage }) => {
      comparing = stage === 'compare';
      // The products are summed now, and a held-out part of the same batch may be run next.
      clock.enter('forward');
    },
  });
  return { ...fused, seconds: clock.seconds() };
}

/**
 * Yields batches. The time between two of them counts as a forward pass unless something else is entered, and
 * the time after the last one as solving.
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
        // `fuse` may not read all of the data.
        clock.enter(isLast() ? 'other' : 'solve');
      }
    },
  };
}

/** Wraps `tf` so that its first use after a solution enters the phase `'build'`. */
function watchedTf(tf: TensorFlow, clock: PhaseClock): TensorFlow {
  return new Proxy(tf, {
    get(target, name) {
      if (clock.phase === 'solve') clock.enter('build');
      return Reflect.get(target, name);
    },
  });
}

/**
 * Wraps a backend so that its work counts as products, both in single calls and in sums that are read at the
 * end.
 */
function watchedBackend(backend: BackendAdapter<Tensor>, clock: PhaseClock): BackendAdapter<Tensor> {
  const watched = watchedMethods(backend, ['patchMoments'], clock);
  if (!backend.createSums) return watched;
  return {
    ...watched,
    createSums: async (layout) => watchedMethods(await backend.createSums!(layout), ['add', 'take'], clock),
  };
}

/**
 * When two layers are solved from one pass, the next call of linear algebra ends the building of the first
 * layer.
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
 * Wraps an object so that some of its methods count as products. Adding up their results afterwards doesn't.
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
