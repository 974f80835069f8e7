import {
  createMomentsAccumulator,
  FuseInitError,
  type MomentSums,
  type Moments,
  type MomentsAccumulator,
  type SumsLayout,
} from '@fuseinit/core';
import type { KernelCall } from '../engine/engine.js';
import type { Workspace } from '../memory/arena.js';

/**
 * The rows or patches to sum over, and how: the layout's sizes are those of one position, or of a sample
 * without patches.
 */
export interface SumsOptions extends SumsLayout {
  /**
   * For patches: `'pixels'` multiplies each pair of pixels that some patch holds once, and adds the product
   * wherever it belongs; `'patches'` writes patches out, as rows. Default whichever costs less. Where pixels
   * of a channel differ in their means by far more than each varies, products of pixels would lose digits,
   * and patches are written out even so.
   */
  readonly method?: 'pixels' | 'patches';
  /** For patches: about how many samples a batch will have, which decides the default method. Default 64. */
  readonly batchSize?: number;
}

/** Sums in the memory of the kernels, to which the numbers of each batch are added. */
export type Sums = Required<MomentSums<Float32Array>>;

/** One way to sum: the size of a sample, and how samples are added. */
export interface SumsSource<Look> {
  /** Numbers of one sample. */
  readonly sample: { readonly inputs: number; readonly targets: number };
  readonly samplesAtOnce: number;
  /** Decides from some samples how to sum: the shift to subtract from each column before the products. */
  look(inputs: Float32Array, targets: Float32Array): Look;
  /** Sets the shifts; the sums are empty. */
  begin(look: Look): Promise<void>;
  /** Whether the shifts still suit when these samples are added. */
  fits(inputs: Float32Array, targets: Float32Array): boolean;
  /** Brings some samples to the engine's memory. */
  load(inputs: Float32Array, targets: Float32Array, samples: number): Promise<Chunk>;
  /** Returns the side of the added samples that holds NaN or Infinity, if any. */
  check(): Promise<'input' | 'target' | undefined>;
  /** The moments of so many samples; zeroes the sums. */
  take(samples: number): Promise<Moments>;
  free(): void;
}

/** Samples in the engine's memory. */
export interface Chunk {
  /** The kernel calls that add them to the sums. */
  readonly calls: readonly KernelCall[];
  free(): void;
}

/**
 * Sums that take batches of any size, some samples at a time.
 *
 * Where means move away from the shifts, the moments so far are put aside, and new sums are begun around the
 * new means: float32 products would otherwise lose the digits of deviations.
 */
export function streamSums<Look>(workspace: Workspace, source: SumsSource<Look>): Sums {
  const { sample } = source;
  /**
   * The look at the first samples. Sums begin with it after each `take`, so that they don't depend on earlier
   * data.
   */
  let first: Look | undefined;
  let hasBegun = false;
  /** Samples in the source's sums. */
  let samplesInSource = 0;
  /** The moments of samples that were summed around other means. */
  let earlier: MomentsAccumulator | undefined;
  let nonFiniteSide: 'input' | 'target' | undefined;

  async function run({ calls, free }: Chunk): Promise<void> {
    try {
      await workspace.engine.run(...calls);
    } finally {
      free();
    }
  }

  async function takeSource(): Promise<Moments> {
    const moments = await source.take(samplesInSource);
    samplesInSource = 0;
    return moments;
  }

  async function beginAnew(look: Look): Promise<void> {
    if (samplesInSource > 0) {
      nonFiniteSide ??= await source.check();
      const moments = await takeSource();
      earlier ??= createMomentsAccumulator(moments.inputMean.data.length, moments.targetMean.data.length);
      earlier.merge(moments);
    }
    await source.begin(look);
  }

  /** @throws SHAPE_MISMATCH unless both hold the same number of whole samples. */
  function samplesIn(inputs: Float32Array, targets: Float32Array): number {
    const samples = inputs.length / sample.inputs;
    if (Number.isInteger(samples) && targets.length === samples * sample.targets) return samples;
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `A batch of ${inputs.length} inputs and ${targets.length} targets came, where a sample has ${sample.inputs} and ${sample.targets}: the same number of whole samples was expected of both.`,
    );
  }

  return {
    prime: (x, z) =>
      workspace.exclusively(async () => {
        const samples = samplesIn(x, z);
        if (samples > 0) first ??= source.look(x, z);
      }),
    add: (x, z) =>
      workspace.exclusively(async () => {
        const samples = samplesIn(x, z);
        if (samples === 0) return undefined;
        const part = (from: number, to: number) =>
          [
            x.subarray(from * sample.inputs, to * sample.inputs),
            z.subarray(from * sample.targets, to * sample.targets),
          ] as const;
        first ??= source.look(x, z);
        if (!hasBegun) await source.begin(first);
        hasBegun = true;
        let running = Promise.resolve();
        try {
          for (let from = 0, to = 0; from < samples; from = to) {
            const next = () => part(from, Math.min(samples, from + source.samplesAtOnce));
            if (!source.fits(...next())) {
              await running;
              await beginAnew(source.look(...part(from, samples)));
              source.fits(...next());
            }
            to = Math.min(samples, from + source.samplesAtOnce);
            // A chunk is brought in and asked for while threads work on the one before, so that they never
            // wait.
            const chunk = await source.load(...part(from, to), to - from);
            const before = running;
            running = run(chunk);
            // It is awaited later, and may fail before that.
            running.catch(() => {});
            samplesInSource += to - from;
            await before;
          }
        } finally {
          await running;
        }
        return nonFiniteSide ?? source.check();
      }),
    take: () =>
      workspace.exclusively(async () => {
        let moments = await takeSource();
        if (earlier) {
          earlier.merge(moments);
          moments = earlier.moments();
        }
        earlier = undefined;
        nonFiniteSide = undefined;
        hasBegun = false;
        return moments;
      }),
    dispose: () => disposeLater(workspace, source.free),
  };
}

/** Frees memory once the work that was begun no longer uses it. */
function disposeLater({ exclusively }: Workspace, free: () => void): void {
  // After a close there is no memory left to free.
  exclusively(async () => free()).catch(() => {});
}
