import { columnShift } from './column-shift.js';
import { finiteSide } from './finite-side.js';
import { type PatchLayout, patchSizes } from './patch-layout.js';
import { pixelMoments } from './pixel-moments.js';
import type { PixelPlan, PixelRuns } from './plan-pixels.js';
import { streamSums } from './stream-sums.js';
import type { Sums } from './sums.js';
import type { Workspace } from './workspace.js';

/** Numbers in the packed pixels of a chunk, about: 32 MiB of float32. */
const chunkNumbers = 2 ** 23;

/** Sums over patches from products of pixels. @throws MEMORY_TOO_SMALL */
export async function createPixelSums(
  workspace: Workspace,
  layout: PatchLayout,
  plan: PixelPlan,
): Promise<Sums> {
  const { engine, arena, exclusively } = workspace;
  const { channels, outFeatures } = layout;
  const { pixels, positions, patchSize, paddedChannels, paddedFeatures } = patchSizes(layout);
  const sizes = {
    gram: plan.gram.blockCount * paddedChannels ** 2,
    cross: plan.cross.blockCount * paddedFeatures * paddedChannels,
    target: paddedFeatures ** 2,
    pixelSums: pixels * paddedChannels,
    positionSums: positions * paddedFeatures,
  };
  type Part = keyof typeof sizes;
  const parts = Object.keys(sizes) as Part[];
  const tables = {
    places: plan.places,
    order: Int32Array.from({ length: positions }, (_, position) => position),
  };
  const lists = { gramRuns: plan.gram, crossRuns: plan.cross, targetRuns: plan.target };
  const held = await exclusively(async () => {
    const allocation = await arena.allocate(
      {
        ...Object.fromEntries(parts.map((part) => [part, sizes[part] * 8])),
        ...Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, runBytes(list)])),
        places: plan.places.byteLength,
        order: positions * 4,
        shift: paddedChannels * 4,
        targetShift: paddedFeatures * 4,
      } as Record<Part | keyof typeof lists | keyof typeof tables | 'shift' | 'targetShift', number>,
      `Sums of products of ${patchSize} inputs and ${outFeatures} targets, by pixels,`,
    );
    for (const [name, list] of Object.entries(lists)) {
      await engine.write(allocation.at[name as keyof typeof lists], joined(list));
    }
    for (const [name, table] of Object.entries(tables)) {
      await engine.write(allocation.at[name as keyof typeof tables], table);
    }
    for (const part of parts) await engine.clear(allocation.at[part], sizes[part] * 8);
    return allocation;
  });
  const { at } = held;
  const perSample = pixels * paddedChannels + positions * paddedFeatures;
  let shift: Float32Array | undefined;
  let targetShift: Float32Array = new Float32Array(0);

  async function addChunk(x: Float32Array, z: Float32Array, samples: number): Promise<void> {
    const even = samples + (samples % 2);
    const room = await arena.allocate(
      {
        x: x.byteLength,
        z: z.byteLength,
        images: pixels * even * paddedChannels * 4,
        targets: positions * even * paddedFeatures * 4,
      },
      `A chunk of ${samples} samples`,
    );
    const multiply = (
      list: keyof typeof lists,
      left: readonly [number, number, number],
      right: readonly [number, number, number],
      to: number,
    ) => {
      const [runs, groups, halves] = runAddresses(at[list], lists[list]);
      return engine.run(
        'addRuns',
        ...left,
        ...right,
        even,
        runs,
        groups,
        halves,
        lists[list].halves.length,
        to,
      );
    };
    try {
      const images = [room.at.images, paddedChannels / 8, pixels] as const;
      const targets = [room.at.targets, paddedFeatures / 8, positions] as const;
      await engine.write(room.at.x, x);
      await engine.run(
        'packPixels',
        room.at.x,
        samples,
        even,
        pixels,
        channels,
        at.places,
        at.shift,
        at.pixelSums,
        room.at.images,
      );
      await multiply('gramRuns', images, images, at.gram);
      if (outFeatures === 0) return;
      await engine.write(room.at.z, z);
      await engine.run(
        'packPixels',
        room.at.z,
        samples,
        even,
        positions,
        outFeatures,
        at.order,
        at.targetShift,
        at.positionSums,
        room.at.targets,
      );
      await multiply('crossRuns', targets, images, at.cross);
      await multiply('targetRuns', targets, targets, at.target);
    } finally {
      room.free();
    }
  }

  async function read(part: Part): Promise<Float64Array> {
    const values = new Float64Array(sizes[part]);
    await engine.read(at[part], values);
    return values;
  }

  return streamSums(workspace, {
    sample: { inputs: pixels * channels, targets: positions * outFeatures },
    rowsPerSample: positions,
    samplesAtOnce: Math.max(2, Math.min(256, 2 * Math.floor(chunkNumbers / perSample / 2))),
    async begin(x, z) {
      if (shift) return;
      shift = columnShift(x, channels);
      targetShift = columnShift(z, Math.max(1, outFeatures));
      await engine.write(at.shift, shift);
      await engine.write(at.targetShift, targetShift);
    },
    addChunk,
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
      return pixelMoments(
        layout,
        plan,
        sums,
        samples,
        shift ?? new Float32Array(paddedChannels),
        targetShift,
      );
    },
    free: held.free,
  });
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
