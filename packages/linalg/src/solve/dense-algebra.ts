import { FuseInitError, type PositiveSolution } from '@fuseinit/core';
import { triangleBytes, triangleRow, type Workspace } from '../memory/arena.js';

/** Columns of a diagonal block of the factor: assembly/cholesky.ts. */
const blockColumns = 64;
const blockBytes = blockColumns * blockColumns * 8;
/** Numbers of the triangle that are written at a time: 2 MiB. */
const blockNumbers = 2 ** 18;

/**
 * Solves `matrix x = b` for every row b of `rightSides`, by Cholesky in float64; the arguments stay as they
 * are.
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

/**
 * The lower triangle as it lies in memory, some rows at a time; columns after the last one are those of the
 * identity.
 */
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

/** Numbers of `b` that are taken at a time: 32 MiB. */
const numbersAtOnce = 2 ** 22;

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
  const columnsAtOnce = Math.min(columns, Math.max(4, Math.floor(numbersAtOnce / even)));
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
