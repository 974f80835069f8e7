import { disposeLater } from './dispose-later.js';
import { requireCounts, requireLengths } from './require-layout.js';
import { createRowProducts } from './row-products.js';
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
  let count = 0;

  async function addChunk(x: Float32Array, z: Float32Array, rows: number): Promise<void> {
    const room = await arena.allocate(
      { x: x.byteLength, z: z.byteLength, ...products.chunkBytes(rows) },
      `A chunk of ${rows} rows`,
    );
    try {
      const { at } = room;
      await engine.write(at.x, x);
      await engine.write(at.z, z);
      await products.clearMarks(at.filled, rows);
      await engine.run(
        'addRows',
        at.x,
        inputs,
        at.z,
        targets,
        rows,
        products.at.shift,
        products.at.sums,
        at.scratch,
        at.panels,
        at.filled,
        products.at.gram,
      );
    } finally {
      room.free();
    }
  }

  return {
    get count() {
      return count;
    },
    add: (x, z) =>
      exclusively(async () => {
        const rows = x.length / inputs;
        requireLengths({ inputs: x.length, targets: z.length }, { inputs, targets }, rows);
        if (rows === 0) return undefined;
        await products.begin(x, inputs, z);
        for (let first = 0; first < rows; first += products.rowsAtOnce) {
          const end = Math.min(rows, first + products.rowsAtOnce);
          await addChunk(
            x.subarray(first * inputs, end * inputs),
            z.subarray(first * targets, end * targets),
            end - first,
          );
        }
        count += rows;
        return products.check();
      }),
    take: () =>
      exclusively(async () => {
        const taken = count;
        count = 0;
        return products.take(taken);
      }),
    dispose: () => disposeLater(workspace, products.dispose),
  };
}
