import type { Workspace } from '../memory/arena.js';
import { plainRows } from './columns.js';
import { type PatchWindow, patchView, tapOffsets, windowSizes } from './patch-window.js';
import { createRowProducts, type RowLook } from './row-products.js';
import { type Sums, type SumsSource, streamSums } from './stream-sums.js';

/** Sums over rows as they are: a dense layer's inputs and targets. @throws TENSOR_TOO_LARGE */
export async function createRowSums(workspace: Workspace, inputs: number, targets: number): Promise<Sums> {
  const products = await workspace.exclusively(() => createRowProducts(workspace, inputs, targets));
  const { rowsAtOnce, look, begin, fits, check, take, dispose } = products;
  return streamSums(workspace, {
    sample: { inputs, targets },
    samplesAtOnce: rowsAtOnce,
    look: (x, z) => look(plainRows(x, inputs), z),
    begin,
    fits: (x, z) => fits(plainRows(x, inputs), z),
    load: (x, z, rows) =>
      products.load(x, z, rows, {
        name: 'rows',
        roomBytes: 0,
        call: (at) => ['addRows', at.x, at.z, rows],
      }),
    check,
    take,
    free: dispose,
  });
}

/** Sums over patches that are written out, four at a time. @throws TENSOR_TOO_LARGE */
export async function createPatchRowSums(
  workspace: Workspace,
  layout: PatchWindow,
): Promise<SumsSource<RowLook>> {
  const { engine, arena } = workspace;
  const { channels, outFeatures } = layout;
  const { pixels, positions, taps, patchSize } = windowSizes(layout);
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
