import { type PatchLayout, patchSizes } from './patch-layout.js';
import type { PixelPlan, PixelRuns } from './plan-pixels.js';

/** Rows of products after which sums go from float32 to float64: see assembly/. */
const blockRows = 256;
/** What taking a 4x8 tile to float64 costs, in rows of its products. */
const foldCost = 8;
/** What packing eight numbers of a row costs, in rows of a tile of products. */
const packCost = 1.5;
/** What packing eight channels of a pixel costs: they are read image by image, and added up pixel by pixel. */
const pixelPackCost = 7.5;
/** What laying out a patch costs, and each of its taps. */
const patchCost = 40;
const tapCost = 1.3;
/** Memory for blocks that is still no trouble: 256 MiB. */
const mostBlockBytes = 2 ** 28;

/**
 * What both ways to sum over patches cost for so many samples, in rows of 4x8 tiles; infinite where its blocks would
 * take too much memory. Its constants are fitted to times that were measured: `npm run bench -- patches` shows how well.
 */
export function patchCosts(
  layout: PatchLayout,
  plan: PixelPlan,
  samples: number,
): { readonly pixels: number; readonly patches: number } {
  const { pixels, positions, taps, patchSize, paddedChannels, paddedFeatures } = patchSizes(layout);
  const channelPanels = paddedChannels / 8;
  const featurePanels = paddedFeatures / 8;
  const even = samples + (samples % 2);
  const runCost = (runs: PixelRuns, left: number, right: number) => tileRows(runs, even) * left * right * 2;
  const blockBytes = plan.gram.blockCount * paddedChannels * paddedChannels * 8;
  const byPixels =
    runCost(plan.gram, channelPanels, channelPanels) +
    runCost(plan.cross, featurePanels, channelPanels) +
    (runCost(plan.target, featurePanels, featurePanels) * (1 + 1 / Math.max(1, featurePanels))) / 2 +
    pixelPackCost * even * (pixels * channelPanels + positions * featurePanels);
  const rows = samples * positions;
  const panels = Math.ceil(patchSize / 8) + featurePanels;
  const byPatches =
    panels * (panels + 1) * (rows + foldCost * Math.ceil(rows / blockRows)) +
    2 * packCost * rows * panels +
    rows * (patchCost + tapCost * taps);
  return {
    pixels: blockBytes > mostBlockBytes ? Number.POSITIVE_INFINITY : byPixels,
    patches: byPatches,
  };
}

function tileRows({ runs }: PixelRuns, even: number): number {
  let rows = 0;
  for (let run = 0; run < runs.length; run += 4) {
    const length = runs[run + 2]! * even;
    rows += length + foldCost * Math.ceil(length / blockRows);
  }
  return rows;
}
