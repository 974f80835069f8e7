import { FuseInitError } from '@fuseinit/core';
import type { Workspace } from '../sums/workspace.js';

/** Numbers of `b` that are taken at a time: 32 MiB. */
const blockNumbers = 2 ** 22;

/**
 * `a b^T` in float64.
 *
 * @param a [rows, inner]
 * @param b [columns, inner]
 * @returns [rows, columns]
 * @throws SHAPE_MISMATCH, TENSOR_TOO_LARGE
 */
export async function multiplyTransposed(
  { engine, arena, exclusively }: Workspace,
  a: Float64Array,
  b: Float64Array,
  inner: number,
): Promise<Float64Array> {
  const rows = inner > 0 ? a.length / inner : 0;
  const columns = inner > 0 ? b.length / inner : 0;
  if (!Number.isInteger(rows) || !Number.isInteger(columns)) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `${a.length} and ${b.length} numbers came as rows of ${inner}.`,
    );
  }
  const product = new Float64Array(rows * columns);
  if (product.length === 0) return product;
  const even = inner + (inner % 2);
  const padded = Math.ceil(rows / 4) * 4;
  const columnsAtOnce = Math.min(columns, Math.max(4, Math.floor(blockNumbers / even)));
  return exclusively(async () => {
    const width = Math.ceil(columnsAtOnce / 4) * 4;
    const room = await arena.allocate(
      {
        a: padded * even * 8,
        b: width * even * 8,
        to: padded * width * 8,
        packed: (padded + engine.threads * 4) * 256 * 8,
      },
      `A product of ${rows} rows of ${inner} by ${columns}`,
    );
    try {
      const { at } = room;
      await writeRows(at.a, a, rows, padded);
      for (let first = 0; first < columns; first += columnsAtOnce) {
        const count = Math.min(columnsAtOnce, columns - first);
        const wide = Math.ceil(count / 4) * 4;
        await writeRows(at.b, b.subarray(first * inner, (first + count) * inner), count, wide);
        await engine.clear(at.to, padded * wide * 8);
        await engine.run(['subtractProduct', at.a, padded, at.b, wide, even, at.to, at.packed]);
        const part = new Float64Array(rows * wide);
        await engine.read(at.to, part);
        for (let row = 0; row < rows; row++) {
          for (let column = 0; column < count; column++) {
            product[row * columns + first + column] = -part[row * wide + column]!;
          }
        }
      }
      return product;
    } finally {
      room.free();
    }
  });

  /** Rows of `inner` numbers as rows of `even`, and some of zeros. */
  async function writeRows(address: number, values: Float64Array, count: number, of: number): Promise<void> {
    if (even === inner) await engine.write(address, values);
    else {
      const wide = new Float64Array(count * even);
      for (let row = 0; row < count; row++)
        wide.set(values.subarray(row * inner, (row + 1) * inner), row * even);
      await engine.write(address, wide);
    }
    await engine.clear(address + count * even * 8, (of - count) * even * 8);
  }
}
