import { plainRows } from './column-traits.js';
import { createRowProducts } from './row-products.js';
import { streamSums } from './stream-sums.js';
import type { Sums } from './sums.js';
import type { Workspace } from './workspace.js';

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
