import { disposeLater } from './dispose-later.js';
import { positionRead } from './patch-geometry.js';
import { type PatchLayout, patchSizes } from './patch-layout.js';
import { requireLengths } from './require-layout.js';
import { createRowProducts } from './row-products.js';
import type { Sums } from './sums.js';
import type { Workspace } from './workspace.js';

/** Sums over patches that are written out, four at a time. @throws MEMORY_TOO_SMALL */
export async function createPatchRowSums(workspace: Workspace, layout: PatchLayout): Promise<Sums> {
  const { engine, arena, exclusively } = workspace;
  const { channels, outFeatures } = layout;
  const { pixels, positions, taps, patchSize } = patchSizes(layout);
  const offsets = tapOffsets(layout);
  const sample = { inputs: pixels * channels, targets: positions * outFeatures };
  const products = await exclusively(() => createRowProducts(workspace, patchSize, outFeatures));
  const samplesAtOnce = Math.max(1, Math.floor(products.rowsAtOnce / positions));
  let count = 0;

  async function addChunk(x: Float32Array, z: Float32Array, samples: number): Promise<void> {
    const rows = samples * positions;
    const room = await arena.allocate(
      {
        x: x.byteLength,
        z: z.byteLength,
        offsets: offsets.byteLength,
        patches: engine.threads * patchSize * 16,
        ...products.chunkBytes(rows),
      },
      `A chunk of ${rows} patches`,
    );
    try {
      const { at } = room;
      await engine.write(at.x, x);
      await engine.write(at.z, z);
      await engine.write(at.offsets, offsets);
      await products.clearMarks(at.filled, rows);
      await engine.run(
        'addPatches',
        at.x,
        at.z,
        outFeatures,
        samples,
        at.offsets,
        positions,
        taps,
        channels,
        pixels,
        at.patches,
        products.at.shift,
        products.at.sums,
        at.scratch,
        at.panels,
        at.filled,
        products.at.gram,
      );
    } finally {
      room.free();
    }
  }

  return {
    get count() {
      return count;
    },
    add: (x, z) =>
      exclusively(async () => {
        const samples = x.length / sample.inputs;
        requireLengths({ inputs: x.length, targets: z.length }, sample, samples);
        if (samples === 0) return undefined;
        await products.begin(x, channels, z);
        for (let first = 0; first < samples; first += samplesAtOnce) {
          const end = Math.min(samples, first + samplesAtOnce);
          await addChunk(
            x.subarray(first * sample.inputs, end * sample.inputs),
            z.subarray(first * sample.targets, end * sample.targets),
            end - first,
          );
        }
        count += samples * positions;
        return products.check();
      }),
    take: () =>
      exclusively(async () => {
        const taken = count;
        count = 0;
        return products.take(taken);
      }),
    dispose: () => disposeLater(workspace, products.dispose),
  };
}

/** For each position and each tap, the pixel that is read; -1 for padding. */
function tapOffsets({ rows, columns }: PatchLayout): Int32Array {
  const offsets: number[] = [];
  for (let row = 0; row < rows.outputSize; row++) {
    for (let column = 0; column < columns.outputSize; column++) {
      for (let down = 0; down < rows.kernelSize; down++) {
        for (let across = 0; across < columns.kernelSize; across++) {
          const y = positionRead(rows, row, down);
          const x = positionRead(columns, column, across);
          offsets.push(y < 0 || x < 0 ? -1 : y * columns.inputSize + x);
        }
      }
    }
  }
  return Int32Array.from(offsets);
}
