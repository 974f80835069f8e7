import { type PatchLayout, patchSizes } from './patch-layout.js';
import { createRowProducts } from './row-products.js';
import { streamSums } from './stream-sums.js';
import type { Sums } from './sums.js';
import { tapOffsets } from './tap-offsets.js';
import type { Workspace } from './workspace.js';

/** Sums over patches that are written out, four at a time. @throws MEMORY_TOO_SMALL */
export async function createPatchRowSums(workspace: Workspace, layout: PatchLayout): Promise<Sums> {
  const { engine, arena, exclusively } = workspace;
  const { channels, outFeatures } = layout;
  const { pixels, positions, taps, patchSize } = patchSizes(layout);
  const offsets = tapOffsets(layout);
  const products = await exclusively(() => createRowProducts(workspace, patchSize, outFeatures));
  const table = await exclusively(async () => {
    const allocation = await arena.allocate({ offsets: offsets.byteLength }, 'What each tap reads');
    await engine.write(allocation.at.offsets, offsets);
    return allocation;
  });

  async function addChunk(x: Float32Array, z: Float32Array, samples: number): Promise<void> {
    const rows = samples * positions;
    const room = await arena.allocate(
      {
        x: x.byteLength,
        z: z.byteLength,
        patches: engine.threads * patchSize * 16,
        ...products.chunkBytes(rows),
      },
      `A chunk of ${rows} patches`,
    );
    try {
      const { at } = room;
      await engine.write(at.x, x);
      await engine.write(at.z, z);
      await products.clearMarks(at.filled, rows);
      await engine.run(
        'addPatches',
        at.x,
        at.z,
        outFeatures,
        samples,
        table.at.offsets,
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

  return streamSums(workspace, {
    sample: { inputs: pixels * channels, targets: positions * outFeatures },
    rowsPerSample: positions,
    samplesAtOnce: Math.max(1, Math.floor(products.rowsAtOnce / positions)),
    begin: (x, z) => products.begin(x, channels, z),
    addChunk,
    check: products.check,
    take: (samples) => products.take(samples * positions),
    free() {
      table.free();
      products.dispose();
    },
  });
}
