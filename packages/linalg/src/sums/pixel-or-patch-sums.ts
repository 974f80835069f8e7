import type { PatchLayout } from './patch-layout.js';
import { createPatchRowSums } from './patch-row-sums.js';
import { patchView } from './patch-view.js';
import { createPixelSums, type PixelLook } from './pixel-sums.js';
import type { PixelPlan } from './plan-pixels.js';
import { lookAtRows, type RowLook } from './row-products.js';
import type { SumsSource } from './stream-sums.js';
import type { Workspace } from './workspace.js';

interface Look {
  readonly pixels: PixelLook;
  readonly patches: RowLook;
}

/** Sums over patches from products of pixels, and by patches written out where those would lose digits. */
export async function createPixelOrPatchSums(
  workspace: Workspace,
  layout: PatchLayout,
  plan: PixelPlan,
): Promise<SumsSource<Look>> {
  const pixels = await createPixelSums(workspace, layout, plan);
  const patchRows = patchView(layout);
  let patches: SumsSource<RowLook> | undefined;
  let current: SumsSource<PixelLook> | SumsSource<RowLook> = pixels;
  return {
    sample: pixels.sample,
    get samplesAtOnce() {
      return current.samplesAtOnce;
    },
    look: (x, z) => ({
      pixels: pixels.look(x, z),
      patches: lookAtRows(patchRows(x), z, layout.outFeatures),
    }),
    async begin(look) {
      if (pixels.suits(look.pixels, look.patches.inputs)) {
        current = pixels;
        await pixels.begin(look.pixels);
        return;
      }
      patches ??= await createPatchRowSums(workspace, layout);
      current = patches;
      await patches.begin(look.patches);
    },
    fits: (x, z) => current.fits(x, z),
    load: (x, z, samples) => current.load(x, z, samples),
    check: () => current.check(),
    take: (samples) => current.take(samples),
    free() {
      pixels.free();
      patches?.free();
    },
  };
}
