import type { KernelCall } from '../engine/engine.js';
import type { Workspace } from '../memory/arena.js';
import {
  type ColumnOrder,
  type ColumnTraits,
  createShiftWatch,
  finiteSide,
  lookAtColumns,
  orderColumns,
  plainRows,
  shiftsOf,
} from './columns.js';
import { type PatchWindow, patchView, tapShifts, windowSizes } from './patch-window.js';
import { pixelMoments } from './pixel-moments.js';
import type { PixelPlan, PixelRuns } from './pixel-plan.js';
import { lookAtRows, type RowLook } from './row-products.js';
import { createPatchRowSums } from './row-sums.js';
import type { Chunk, SumsSource } from './stream-sums.js';

interface Look {
  readonly pixels: PixelLook;
  readonly patches: RowLook;
}

/** Sums over patches from products of pixels, and by patches written out where those would lose digits. */
export async function createPixelOrPatchSums(
  workspace: Workspace,
  layout: PatchWindow,
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

/** Numbers in the packed pixels of a chunk, about: 4 MiB of float32, to stay in caches. */
const chunkNumbers = 2 ** 20;

/**
 * The largest distance to begin with, in deviations, of what is taken off from the mean of a number of a
 * patch.
 */
const nearestDeviations = 2.5;

/** Statistics of some samples, by channel and by target. */
interface PixelLook {
  readonly channels: ColumnTraits;
  readonly targets: ColumnTraits;
}

interface PixelSums extends SumsSource<PixelLook> {
  /** Whether what would be taken off channels is near the mean of each number of a patch. */
  suits(look: PixelLook, patches: ColumnTraits): boolean;
}

/**
 * Sums over patches from products of pixels.
 *
 * One shift is subtracted from all pixels of a channel. It does not fit where taps read few pixels, whose
 * means differ by much more than they vary.
 *
 * @throws TENSOR_TOO_LARGE
 */
async function createPixelSums(
  workspace: Workspace,
  layout: PatchWindow,
  plan: PixelPlan,
): Promise<PixelSums> {
  const { engine, arena } = workspace;
  const { channels, outFeatures } = layout;
  const { pixels, positions, patchSize, paddedChannels, paddedFeatures } = windowSizes(layout);
  const sizes = {
    gram: plan.gram.blockCount * paddedChannels ** 2,
    cross: plan.cross.blockCount * paddedChannels * paddedFeatures,
    target: paddedFeatures ** 2,
    pixelSums: pixels * paddedChannels,
    positionSums: positions * paddedFeatures,
  };
  type Part = keyof typeof sizes;
  const parts = Object.keys(sizes) as Part[];
  const tables = {
    panelIndices: plan.panelIndices,
    positions: Int32Array.from({ length: positions }, (_, position) => position),
    features: Int32Array.from({ length: paddedFeatures }, (_, feature) =>
      feature < outFeatures ? feature : -1,
    ),
  };
  const runs = { gramRuns: plan.gram, crossRuns: plan.cross, targetRuns: plan.target };
  const allocation = await arena.allocate(
    {
      ...Object.fromEntries(parts.map((part) => [part, sizes[part] * 8])),
      ...Object.fromEntries(Object.entries(runs).map(([name, list]) => [name, runBytes(list)])),
      ...Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, table.byteLength])),
      channels: paddedChannels * 4,
      shift: paddedChannels * 4,
      targetShift: paddedFeatures * 4,
    } as Record<
      Part | keyof typeof runs | keyof typeof tables | 'channels' | 'shift' | 'targetShift',
      number
    >,
    `Sums of products of ${patchSize} inputs and ${outFeatures} targets, by pixels,`,
  );
  for (const [name, list] of Object.entries(runs)) {
    await engine.write(allocation.at[name as keyof typeof runs], joined(list));
  }
  for (const [name, table] of Object.entries(tables)) {
    await engine.write(allocation.at[name as keyof typeof tables], table);
  }
  for (const part of parts) await engine.clear(allocation.at[part], sizes[part] * 8);
  const { at } = allocation;
  const perSample = pixels * paddedChannels + positions * paddedFeatures;
  const patches = patchView(layout);
  const watches = { inputs: createShiftWatch(patchSize), targets: createShiftWatch(outFeatures) };
  /** The shifts of channels in the order of the panels, and of targets. */
  const shift = new Float32Array(paddedChannels);
  const targetShift = new Float32Array(paddedFeatures);
  let channelOrder: ColumnOrder = orderColumns(
    lookAtColumns(plainRows(new Float32Array(channels).fill(1), channels)),
    paddedChannels / 8,
  );

  async function load(x: Float32Array, z: Float32Array, samples: number): Promise<Chunk> {
    const even = samples + (samples % 2);
    const { firstListed } = channelOrder;
    const listed = paddedChannels - 4 * firstListed;
    const room = await arena.allocate(
      {
        x: x.byteLength,
        z: z.byteLength,
        images: pixels * even * paddedChannels * 4,
        targets: positions * even * paddedFeatures * 4,
        lists: pixels * even * listed * 8,
        ends: (pixels + 1) * listed * 4,
      },
      `A chunk of ${samples} samples`,
    );
    await engine.write(room.at.x, x);
    await engine.write(room.at.z, z);
    const images = [room.at.images, paddedChannels / 8, pixels] as const;
    const targets = [room.at.targets, paddedFeatures / 8, positions] as const;
    const multiply = (
      list: keyof typeof runs,
      left: readonly [panels: number, count: number, panelIndices: number],
      listedFrom: number,
      right: readonly [panels: number, count: number, panelIndices: number],
      to: number,
    ): KernelCall => {
      const addresses = runAddresses(at[list], runs[list]);
      const groups = runs[list].halves.length;
      return ['addRuns', ...left, listedFrom, room.at.ends, ...right, even, ...addresses, groups, to];
    };
    const { panelIndices, channels: order, shift: taken, pixelSums } = at;
    const calls: KernelCall[] = [
      [
        'packPixels',
        room.at.x,
        samples,
        even,
        pixels,
        channels,
        panelIndices,
        order,
        taken,
        pixelSums,
        room.at.images,
      ],
      ['listPixels', ...images, samples, even, firstListed, taken, room.at.lists, room.at.ends],
      multiply('gramRuns', images, firstListed, images, at.gram),
    ];
    if (outFeatures > 0) {
      const { positions: inOrder, features, targetShift: off, positionSums } = at;
      const { z: from, targets: to } = room.at;
      calls.push(
        ['packPixels', from, samples, even, positions, outFeatures, inOrder, features, off, positionSums, to],
        multiply('crossRuns', images, firstListed, targets, at.cross),
        multiply('targetRuns', targets, paddedFeatures / 4, targets, at.target),
      );
    }
    return { calls, free: room.free };
  }

  async function read(part: Part): Promise<Float64Array> {
    const values = new Float64Array(sizes[part]);
    await engine.read(at[part], values);
    return values;
  }

  return {
    sample: { inputs: pixels * channels, targets: positions * outFeatures },
    samplesAtOnce: Math.max(2, Math.min(256, 2 * Math.floor(chunkNumbers / perSample / 2))),
    look: (x, z) => ({
      channels: lookAtColumns(plainRows(x, channels)),
      targets: lookAtColumns(plainRows(z, outFeatures)),
    }),
    async begin(look) {
      channelOrder = orderColumns(look.channels, paddedChannels / 8);
      const { panelIndices, firstListed } = channelOrder;
      const taken = shiftsOf(look.channels);
      for (const [channel, place] of panelIndices.entries()) shift[place] = taken[channel]!;
      const targetsTaken = shiftsOf(look.targets);
      targetShift.set(targetsTaken);
      watches.inputs.begin(
        tapShifts(layout, taken),
        (input) => panelIndices[input % channels]! >= 4 * firstListed,
      );
      watches.targets.begin(targetsTaken);
      await engine.write(at.channels, channelOrder.order);
      await engine.write(at.shift, shift);
      await engine.write(at.targetShift, targetShift);
    },
    suits(look, { mean, variance }) {
      const { panelIndices, firstListed } = orderColumns(look.channels, paddedChannels / 8);
      const taken = tapShifts(layout, shiftsOf(look.channels));
      return taken.every((value, input) => {
        const least = nearestDeviations ** 2 * variance[input]!;
        const listed = panelIndices[input % channels]! >= 4 * firstListed;
        return (mean[input]! - value) ** 2 <= least && (!listed || mean[input]! ** 2 <= least);
      });
    },
    fits: (x, z) => watches.inputs.fits(patches(x)) && watches.targets.fits(plainRows(z, outFeatures)),
    load,
    check: async () => finiteSide(await read('pixelSums'), await read('positionSums')),
    async take(samples) {
      const sums = {
        gram: await read('gram'),
        cross: await read('cross'),
        target: await read('target'),
        pixels: await read('pixelSums'),
        positions: await read('positionSums'),
      };
      for (const part of parts) await engine.clear(at[part], sizes[part] * 8);
      return pixelMoments(layout, plan, sums, samples, channelOrder, shift, targetShift);
    },
    free: allocation.free,
  };
}

function joined({ runs, groups, halves }: PixelRuns): Int32Array {
  const all = new Int32Array(runs.length + groups.length + halves.length);
  all.set(runs);
  all.set(groups, runs.length);
  all.set(halves, runs.length + groups.length);
  return all;
}

function runBytes({ runs, groups, halves }: PixelRuns): number {
  return (runs.length + groups.length + halves.length) * 4;
}

function runAddresses(at: number, { runs, groups }: PixelRuns): readonly [number, number, number] {
  return [at, at + runs.length * 4, at + (runs.length + groups.length) * 4];
}
