import { type PatchWindow, positionRead, type WindowAxis, windowSizes } from './patch-window.js';

/**
 * The pairs of pixels that are multiplied, and the blocks that their products are added to.
 *
 * Two taps of a patch are apart by a lag, and so are the pixels that they read. All pairs of pixels of one
 * lag that are read by the same taps are added up in one block [channels, channels], and the block goes to
 * all the tap pairs that read it. Pixels of a row that a stride reads together lie together, so that a run of
 * pairs is one long product.
 */
export interface PixelPlan {
  /** The index in a panel of each pixel. */
  readonly panelIndices: Int32Array;
  readonly gram: PixelRuns & { readonly blocks: readonly GramBlock[] };
  /** Pixels by targets: a block for each tap. */
  readonly cross: PixelRuns;
  /** Targets by targets: one block. */
  readonly target: PixelRuns;
}

/** Runs of neighbouring indices in panels, in groups that have blocks of their own. */
export interface PixelRuns {
  /** For each run: its first index on the left, on the right, its length, and its block. */
  readonly runs: Int32Array;
  /** First run of each group, and the end of the last. */
  readonly groups: Int32Array;
  /** 1 for a group of which only the lower triangle is wanted. */
  readonly halves: Int32Array;
  readonly blockCount: number;
}

/**
 * Products of pixels of one lag that the same taps read: those in `taps` are the earlier ones of their pair.
 */
interface GramBlock {
  readonly block: number;
  /** Taps between the two, as an index difference. */
  readonly lag: number;
  readonly taps: readonly number[];
}

export function planPixels(layout: PatchWindow): PixelPlan {
  const { rows, columns } = layout;
  const { positions } = windowSizes(layout);
  const place = placesOfRow(columns);
  const panelIndices = new Int32Array(rows.inputSize * columns.inputSize);
  for (let row = 0; row < rows.inputSize; row++) {
    for (let column = 0; column < columns.inputSize; column++) {
      panelIndices[row * columns.inputSize + column] = row * columns.inputSize + place[column]!;
    }
  }
  return {
    panelIndices,
    gram: planGram(rows, columns, place),
    cross: planCross(rows, columns, place),
    target: {
      runs: Int32Array.of(0, 0, positions, 0),
      groups: Int32Array.of(0, 1),
      halves: Int32Array.of(1),
      blockCount: 1,
    },
  };
}

/** Columns in the order in which a stride reads them: every stride-th, from each start in turn. */
function placesOfRow({ inputSize, stride }: WindowAxis): Int32Array {
  const panelIndices = new Int32Array(inputSize);
  let next = 0;
  for (let start = 0; start < stride; start++) {
    for (let at = start; at < inputSize; at += stride) panelIndices[at] = next++;
  }
  return panelIndices;
}

function planGram(rows: WindowAxis, columns: WindowAxis, place: Int32Array): PixelPlan['gram'] {
  const rowReaders = readersOf(rows);
  const columnReaders = readersOf(columns);
  const runs: number[] = [];
  const groups = [0];
  const halves: number[] = [];
  const blocks: GramBlock[] = [];
  for (let down = 0; down < rows.kernelSize; down++) {
    for (let across = down === 0 ? 0 : 1 - columns.kernelSize; across < columns.kernelSize; across++) {
      const ofLag = new Map<string, number>();
      for (let row = 0; row + down * rows.dilation < rows.inputSize; row++) {
        const upper = rowReaders[row]!.filter((tap) => tap + down < rows.kernelSize);
        if (upper.length === 0) continue;
        const below = row + down * rows.dilation;
        for (const run of runsOfRow(columns, columnReaders, across)) {
          const taps = upper.flatMap((tap) => run.taps.map((other) => tap * columns.kernelSize + other));
          const key = taps.join();
          let block = ofLag.get(key);
          if (block === undefined) {
            block = blocks.length;
            ofLag.set(key, block);
            blocks.push({ block, lag: down * columns.kernelSize + across, taps });
          }
          runs.push(
            below * columns.inputSize + place[run.start + across * columns.dilation]!,
            row * columns.inputSize + place[run.start]!,
            run.length,
            block,
          );
        }
      }
      groups.push(runs.length / 4);
      halves.push(down === 0 && across === 0 ? 1 : 0);
    }
  }
  return { ...packed(runs, groups, halves, blocks.length), blocks };
}

interface ColumnRun {
  readonly start: number;
  readonly length: number;
  /** Column taps that are the earlier ones of their pair. */
  readonly taps: readonly number[];
}

/** Columns that lie together and are read by the same taps, for a lag across. */
function runsOfRow(
  columns: WindowAxis,
  readers: readonly (readonly number[])[],
  across: number,
): ColumnRun[] {
  const runs: { start: number; length: number; taps: number[] }[] = [];
  for (let start = 0; start < columns.stride; start++) {
    let open: (typeof runs)[number] | undefined;
    for (let column = start; column < columns.inputSize; column += columns.stride) {
      const other = column + across * columns.dilation;
      const taps =
        other >= 0 && other < columns.inputSize
          ? readers[column]!.filter((tap) => tap + across >= 0 && tap + across < columns.kernelSize)
          : [];
      if (taps.length === 0) open = undefined;
      else if (open && open.taps.join() === taps.join()) open.length++;
      else {
        open = { start: column, length: 1, taps };
        runs.push(open);
      }
    }
  }
  return runs;
}

/** For each input position, the taps that read it at some output position. */
function readersOf(axis: WindowAxis): number[][] {
  const readers = Array.from({ length: axis.inputSize }, (): number[] => []);
  for (let tap = 0; tap < axis.kernelSize; tap++) {
    for (let output = 0; output < axis.outputSize; output++) {
      const at = positionRead(axis, output, tap);
      if (at >= 0) readers[at]!.push(tap);
    }
  }
  return readers;
}

function planCross(rows: WindowAxis, columns: WindowAxis, place: Int32Array): PixelRuns {
  const runs: number[] = [];
  const groups = [0];
  for (let down = 0; down < rows.kernelSize; down++) {
    for (let across = 0; across < columns.kernelSize; across++) {
      const inside = Array.from({ length: columns.outputSize }, (_, output) => output).filter(
        (output) => positionRead(columns, output, across) >= 0,
      );
      for (let row = 0; row < rows.outputSize && inside.length > 0; row++) {
        const y = positionRead(rows, row, down);
        if (y < 0) continue;
        const x = positionRead(columns, inside[0]!, across);
        runs.push(
          y * columns.inputSize + place[x]!,
          row * columns.outputSize + inside[0]!,
          inside.length,
          down * columns.kernelSize + across,
        );
      }
      groups.push(runs.length / 4);
    }
  }
  const taps = rows.kernelSize * columns.kernelSize;
  return packed(
    runs,
    groups,
    Array.from({ length: taps }, () => 0),
    taps,
  );
}

function packed(
  runs: readonly number[],
  groups: readonly number[],
  halves: readonly number[],
  blockCount: number,
): PixelRuns {
  return {
    runs: Int32Array.from(runs),
    groups: Int32Array.from(groups),
    halves: Int32Array.from(halves),
    blockCount,
  };
}

/** Rows of products after which sums go from float32 to float64: see assembly/. */
const blockRows = 256;
/** The cost of adding a 4x8 tile to the float64 sums, in rows of its products. */
const foldCost = 8;
/** The cost of packing eight numbers of a row, in rows of a tile of products. */
const packCost = 1.5;
/**
 * The cost of packing eight channels of a pixel, which are read image by image and added up pixel by pixel.
 */
const pixelPackCost = 7.5;
/** The cost of laying out a patch, and of each of its taps. */
const patchCost = 40;
const tapCost = 1.3;
/** Memory for blocks that is still no trouble: 256 MiB. */
const mostBlockBytes = 2 ** 28;

/**
 * The costs of both ways to sum over the patches of a number of samples, in rows of 4x8 tiles; infinite where
 * the blocks would take too much memory. Its constants are fitted to times that were measured: `npm run bench
 * -- patches` shows how well.
 */
export function patchCosts(
  layout: PatchWindow,
  plan: PixelPlan,
  samples: number,
): { readonly pixels: number; readonly patches: number } {
  const { pixels, positions, taps, patchSize, paddedChannels, paddedFeatures } = windowSizes(layout);
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
