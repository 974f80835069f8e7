import type { KernelCall } from '../engine/engine.js';
import { type PatchLayout, patchSizes } from './patch-layout.js';
import { createRowProducts } from './row-products.js';
import { type Chunk, streamSums } from './stream-sums.js';
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

  async function load(x: Float32Array, z: Float32Array, samples: number): Promise<Chunk> {
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
    const { at } = room;
    await engine.write(at.x, x);
    await engine.write(at.z, z);
    const { order, shift, sums, gram } = products.at;
    const { passRows, firstListed } = products;
    const call: KernelCall = [
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
      order,
      shift,
      sums,
      passRows,
      at.scratch,
      at.tiles,
      at.panels,
      firstListed,
      at.lists,
      at.ends,
      gram,
    ];
    return { calls: [call], free: room.free };
  }

  return streamSums(workspace, {
    sample: { inputs: pixels * channels, targets: positions * outFeatures },
    rowsPerSample: positions,
    samplesAtOnce: Math.max(1, Math.floor(products.rowsAtOnce / positions)),
    begin: (x, z) => products.begin(x, channels, z),
    load,
    check: products.check,
    take: (samples) => products.take(samples * positions),
    free() {
      table.free();
      products.dispose();
    },
  });
}
