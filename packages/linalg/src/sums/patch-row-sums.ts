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

  return streamSums(workspace, {
    sample: { inputs: pixels * channels, targets: positions * outFeatures },
    rowsPerSample: positions,
    samplesAtOnce: Math.max(1, Math.floor(products.rowsAtOnce / positions)),
    begin: (x, z) => products.begin(x, channels, z),
    load: (x, z, samples) =>
      products.load(x, z, samples * positions, {
        name: 'patches',
        roomBytes: engine.threads * patchSize * 16,
        call: ({ x: images, z: maps, room }) => [
          'addPatches',
          images,
          maps,
          samples,
          table.at.offsets,
          positions,
          taps,
          channels,
          pixels,
          room,
        ],
      }),
    check: products.check,
    take: (samples) => products.take(samples * positions),
    free() {
      table.free();
      products.dispose();
    },
  });
}
