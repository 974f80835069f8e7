import { type PatchLayout, patchSizes } from './patch-layout.js';
import { patchView } from './patch-view.js';
import { createRowProducts, type RowLook } from './row-products.js';
import type { SumsSource } from './stream-sums.js';
import { tapOffsets } from './tap-offsets.js';
import type { Workspace } from './workspace.js';

/** Sums over patches that are written out, four at a time. @throws TENSOR_TOO_LARGE */
export async function createPatchRowSums(
  workspace: Workspace,
  layout: PatchLayout,
): Promise<SumsSource<RowLook>> {
  const { engine, arena } = workspace;
  const { channels, outFeatures } = layout;
  const { pixels, positions, taps, patchSize } = patchSizes(layout);
  const offsets = tapOffsets(layout);
  const patches = patchView(layout);
  const products = await createRowProducts(workspace, patchSize, outFeatures);
  const table = await arena.allocate({ offsets: offsets.byteLength }, 'What each tap reads');
  await engine.write(table.at.offsets, offsets);
  const { look, begin, fits, check, take } = products;
  return {
    sample: { inputs: pixels * channels, targets: positions * outFeatures },
    samplesAtOnce: Math.max(1, Math.floor(products.rowsAtOnce / positions)),
    look: (x, z) => look(patches(x), z),
    begin,
    fits: (x, z) => fits(patches(x), z),
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
    check,
    take: (samples) => take(samples * positions),
    free() {
      table.free();
      products.dispose();
    },
  };
}
