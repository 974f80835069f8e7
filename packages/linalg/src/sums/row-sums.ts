import { plainRows } from './column-traits.js';
import { requireCounts } from './require-layout.js';
import { createRowProducts } from './row-products.js';
import { streamSums } from './stream-sums.js';
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
  const products = await workspace.exclusively(() => createRowProducts(workspace, inputs, targets));
  const { rowsAtOnce, look, begin, fits, check, take, dispose } = products;
  return streamSums(workspace, {
    sample: layout,
    rowsPerSample: 1,
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
