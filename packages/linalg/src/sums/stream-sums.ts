import type { KernelCall } from '../engine/engine.js';
import { disposeLater } from './dispose-later.js';
import { requireLengths } from './require-layout.js';
import type { RowMoments, Sums } from './sums.js';
import type { Workspace } from './workspace.js';

/** What differs between sums: what a sample is, and how some of them are added. */
export interface SumsSource {
  /** Numbers of one sample. */
  readonly sample: { readonly inputs: number; readonly targets: number };
  /** Rows that a sample counts for. */
  readonly rowsPerSample: number;
  readonly samplesAtOnce: number;
  /** Before the first chunk of each batch; all but the first time it does nothing. */
  begin(inputs: Float32Array, targets: Float32Array): Promise<void>;
  /** Brings some samples to the engine's memory. */
  load(inputs: Float32Array, targets: Float32Array, samples: number): Promise<Chunk>;
  /** After the last: which side holds NaN or Infinity. */
  check(): Promise<'input' | 'target' | undefined>;
  /** The moments of so many samples; zeroes the sums. */
  take(samples: number): Promise<RowMoments>;
  free(): void;
}

/** Samples in the engine's memory. */
export interface Chunk {
  /** What adds them to the sums. */
  readonly calls: readonly KernelCall[];
  free(): void;
}

/** Sums that take batches of any size, some samples at a time. */
export function streamSums(workspace: Workspace, source: SumsSource): Sums {
  const { sample, rowsPerSample, samplesAtOnce } = source;
  let held = 0;

  async function run({ calls, free }: Chunk): Promise<void> {
    try {
      await workspace.engine.run(...calls);
    } finally {
      free();
    }
  }

  return {
    get count() {
      return held * rowsPerSample;
    },
    prime: (x, z) =>
      workspace.exclusively(async () => {
        const samples = x.length / sample.inputs;
        requireLengths({ inputs: x.length, targets: z.length }, sample, samples);
        if (samples > 0) await source.begin(x, z);
      }),
    add: (x, z) =>
      workspace.exclusively(async () => {
        const samples = x.length / sample.inputs;
        requireLengths({ inputs: x.length, targets: z.length }, sample, samples);
        if (samples === 0) return undefined;
        await source.begin(x, z);
        let running = Promise.resolve();
        try {
          for (let first = 0; first < samples; first += samplesAtOnce) {
            const end = Math.min(samples, first + samplesAtOnce);
            // A chunk is brought in and asked for while threads work on the one before, so that they never wait.
            const chunk = await source.load(
              x.subarray(first * sample.inputs, end * sample.inputs),
              z.subarray(first * sample.targets, end * sample.targets),
              end - first,
            );
            const before = running;
            running = run(chunk);
            // It is awaited later, and may fail before that.
            running.catch(() => {});
            await before;
          }
        } finally {
          await running;
        }
        held += samples;
        return source.check();
      }),
    take: () =>
      workspace.exclusively(async () => {
        const taken = held;
        held = 0;
        return source.take(taken);
      }),
    dispose: () => disposeLater(workspace, source.free),
  };
}
