import { FuseInitError, type PositiveSolution } from '@fuseinit/core';
import { triangleBytes, triangleRow } from '../memory/triangle-bytes.js';
import type { Workspace } from '../sums/workspace.js';

/** Columns of a diagonal block of the factor: assembly/cholesky.ts. */
const blockColumns = 64;
const blockBytes = blockColumns * blockColumns * 8;
/** Numbers of the triangle that are written at a time: 2 MiB. */
const blockNumbers = 2 ** 18;

/**
 * Solves `matrix x = b` for every row b of `rightSides`, by Cholesky in float64; the arguments stay as they are.
 *
 * @param matrix [size, size], symmetric and positive semidefinite; only the lower triangle is read.
 * @param rightSides [count, size]
 * @param tolerance Of its own diagonal: a column of which no more is left depends on the earlier ones.
 * @throws SHAPE_MISMATCH, TENSOR_TOO_LARGE
 */
export async function solvePositive(
  { engine, arena, exclusively }: Workspace,
  matrix: Float64Array,
  size: number,
  rightSides: Float64Array,
  tolerance: number,
): Promise<PositiveSolution> {
  if (!(Number.isInteger(size) && size >= 0 && matrix.length === size * size)) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `${matrix.length} numbers came as a square matrix of ${size} columns.`,
    );
  }
  const count = size === 0 ? 0 : rightSides.length / size;
  if (!Number.isInteger(count)) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `${rightSides.length} numbers came as right sides of ${size} each.`,
    );
  }
  const pivots = new Float64Array(size);
  const skipped = new Uint8Array(size);
  const solution = new Float64Array(rightSides.length);
  if (size === 0) return { solution, pivots, skipped };
  const columns = Math.ceil(size / 8) * 8;
  const rows = columns + Math.ceil(count / 8) * 8;
  return exclusively(async () => {
    const room = await arena.allocate(
      {
        triangle: triangleBytes(rows),
        thresholds: columns * 8,
        pivots: columns * 8,
        skipped: columns,
        inverses: Math.ceil(columns / blockColumns) * blockBytes,
        packed: Math.max(
          rows * 256 * 8,
          blockBytes + engine.threads * 2048,
          (rows - columns + 64) * columns * 8,
        ),
      },
      `The factor of a matrix of ${size} columns, with ${count} right sides,`,
    );
    try {
      const { at } = room;
      const thresholds = new Float64Array(columns);
      for (let row = 0; row < size; row++) thresholds[row] = tolerance * matrix[row * size + row]!;
      for (const { first, values } of triangleBlocks(matrix, size, columns)) {
        await engine.write(at.triangle + triangleRow(first), values);
      }
      await engine.clear(at.triangle + triangleRow(columns), triangleBytes(rows) - triangleRow(columns));
      for (let side = 0; side < count; side++) {
        const row = at.triangle + triangleRow(columns + side);
        await engine.write(row, rightSides.subarray(side * size, (side + 1) * size));
      }
      await engine.write(at.thresholds, thresholds);
      const { triangle, packed, inverses } = at;
      await engine.run(
        ['factor', triangle, columns, rows, at.thresholds, at.pivots, at.skipped, packed, inverses],
        ...(count > 0 ? ([['substituteBack', triangle, columns, rows, packed, inverses]] as const) : []),
      );
      await engine.read(at.pivots, pivots);
      await engine.read(at.skipped, skipped);
      for (let side = 0; side < count; side++) {
        const row = at.triangle + triangleRow(columns + side);
        await engine.read(row, solution.subarray(side * size, (side + 1) * size));
      }
      return { solution, pivots, skipped };
    } finally {
      room.free();
    }
  });
}

/** The lower triangle as it lies in memory, some rows at a time; columns after the last one are those of the identity. */
function* triangleBlocks(
  matrix: Float64Array,
  size: number,
  columns: number,
): Generator<{ readonly first: number; readonly values: Float64Array }> {
  for (let first = 0, last = 0; first < columns; first = last) {
    const start = triangleRow(first);
    do last += 8;
    while (last < columns && triangleRow(last + 8) - start <= blockNumbers * 8);
    const values = new Float64Array((triangleRow(last) - start) / 8);
    for (let row = first; row < last; row++) {
      const to = (triangleRow(row) - start) / 8;
      if (row < size) values.set(matrix.subarray(row * size, row * size + row + 1), to);
      else values[to + row] = 1;
    }
    yield { first, values };
  }
}
