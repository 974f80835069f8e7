import type { KernelCall } from '../engine/engine.js';
import { requireCounts } from './require-layout.js';
import { createRowProducts } from './row-products.js';
import { type Chunk, streamSums } from './stream-sums.js';
import type { Sums } from './sums.js';
import type { Workspace } from './workspace.js';

/** Rows as they are: a dense layer's inputs and targets. */
export interface RowLayout {
  readonly inputs: number;
  readonly targets: number;
}

/** @throws ARGUMENT_INVALID, MEMORY_TOO_SMALL */
export async function createRowSums(workspace: Workspace, layout: RowLayout): Promise<Sums> {
  const { inputs, targets } = layout;
  requireCounts({ inputs }, { targets });
  const { engine, arena, exclusively } = workspace;
  const products = await exclusively(() => createRowProducts(workspace, inputs, targets));

  async function load(x: Float32Array, z: Float32Array, rows: number): Promise<Chunk> {
    const room = await arena.allocate(
      { x: x.byteLength, z: z.byteLength, ...products.chunkBytes(rows) },
      `A chunk of ${rows} rows`,
    );
    const { at } = room;
    await engine.write(at.x, x);
    await engine.write(at.z, z);
    const { order, shift, sums, gram } = products.at;
    const { passRows, firstListed } = products;
    const call: KernelCall = [
      'addRows',
      at.x,
      inputs,
      at.z,
      targets,
      rows,
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
    sample: layout,
    rowsPerSample: 1,
    samplesAtOnce: products.rowsAtOnce,
    begin: (x, z) => products.begin(x, inputs, z),
    load,
    check: products.check,
    take: products.take,
    free: products.dispose,
  });
}
