import type { Allocation } from '../memory/arena.js';
import { triangleBytes } from '../memory/triangle-bytes.js';
import { columnShift } from './column-shift.js';
import { finiteSide } from './finite-side.js';
import type { RowMoments } from './sums.js';
import type { Workspace } from './workspace.js';

/** Numbers in the packed rows of a chunk, about: 16 MiB of float32. */
const chunkNumbers = 2 ** 22;
/** Numbers of a covariance that are brought home at a time: 8 MiB. */
const blockNumbers = 2 ** 20;

/** The Gram matrix of rows `[input | target]` in the engine's memory, and what belongs to it. */
export interface RowProducts {
  readonly rowsAtOnce: number;
  /** Sizes of what a chunk of rows needs, for the arena. */
  chunkBytes(rows: number): Record<'panels' | 'scratch' | 'filled', number>;
  /**
   * Sets the shift by the first values; later calls do nothing.
   *
   * @param columns Columns of inputs that have a shift of their own: channels, where rows are patches.
   */
  begin(inputs: Float32Array, columns: number, targets: Float32Array): Promise<void>;
  readonly at: Readonly<Record<'shift' | 'sums' | 'gram', number>>;
  /** Zeroes the marks of filled panels. */
  clearMarks(filled: number, rows: number): Promise<void>;
  /** After rows were added: which side holds NaN or Infinity. */
  check(): Promise<'input' | 'target' | undefined>;
  take(count: number): Promise<RowMoments>;
  dispose(): void;
}

/** @throws MEMORY_TOO_SMALL */
export async function createRowProducts(
  { engine, arena }: Workspace,
  inputs: number,
  targets: number,
): Promise<RowProducts> {
  const paddedInputs = Math.ceil(inputs / 8) * 8;
  const padded = paddedInputs + Math.ceil(targets / 8) * 8;
  const held: Allocation<'shift' | 'sums' | 'gram' | 'mean'> = await arena.allocate(
    { shift: padded * 4, sums: padded * 8, mean: padded * 8, gram: triangleBytes(padded) },
    `Sums of products of ${inputs} inputs and ${targets} targets`,
  );
  const { at } = held;
  let shift: Float32Array | undefined;
  const markBytes = (rows: number) => (Math.ceil(rows / 256) * padded) / 8;
  await engine.clear(at.sums, padded * 8);
  await engine.clear(at.gram, triangleBytes(padded));

  async function covariance(
    first: number,
    rows: number,
    firstColumn: number,
    columns: number,
    count: number,
  ): Promise<Float64Array> {
    const values = new Float64Array(rows * columns);
    if (values.length === 0) return values;
    const rowsAtOnce = Math.min(rows, Math.max(8, Math.floor(blockNumbers / columns / 8) * 8));
    const block = await arena.allocate({ block: rowsAtOnce * columns * 8 }, 'The rows of a covariance');
    try {
      for (let row = 0; row < rows; row += rowsAtOnce) {
        const end = Math.min(rows, row + rowsAtOnce);
        const { block: to } = block.at;
        await engine.run(
          'centerRows',
          at.gram,
          at.mean,
          1 / count,
          first + row,
          first + end,
          firstColumn,
          columns,
          to,
        );
        await engine.read(to, values.subarray(row * columns, end * columns));
      }
    } finally {
      block.free();
    }
    return values;
  }

  return {
    rowsAtOnce: Math.max(256, Math.min(2048, Math.floor(chunkNumbers / padded / 256) * 256)),
    at,
    chunkBytes: (rows) => ({
      panels: Math.ceil(rows / 256) * 256 * padded * 4,
      scratch: Math.ceil(rows / 64) * padded * 8,
      filled: markBytes(rows),
    }),
    async begin(values, columns, wanted) {
      if (shift) return;
      shift = new Float32Array(padded);
      shift.set(columnShift(values, columns, inputs / columns));
      if (targets > 0) shift.set(columnShift(wanted, targets), paddedInputs);
      await engine.write(at.shift, shift);
    },
    clearMarks: (filled, rows) => engine.clear(filled, markBytes(rows)),
    async check() {
      const sums = new Float64Array(padded);
      await engine.read(at.sums, sums);
      return finiteSide(sums.subarray(0, paddedInputs), sums.subarray(paddedInputs));
    },
    async take(count) {
      // Of no rows all sums are zero, and so are their moments.
      const divisor = Math.max(1, count);
      const mean = new Float64Array(padded);
      await engine.read(at.sums, mean);
      for (let column = 0; column < padded; column++) mean[column]! /= divisor;
      await engine.write(at.mean, mean);
      const moments = {
        count,
        inputMean: mean.slice(0, inputs),
        targetMean: mean.slice(paddedInputs, paddedInputs + targets),
        inputCovariance: await covariance(0, inputs, 0, inputs, divisor),
        crossCovariance: await covariance(paddedInputs, targets, 0, inputs, divisor),
        targetCovariance: await covariance(paddedInputs, targets, paddedInputs, targets, divisor),
      };
      for (let column = 0; column < inputs; column++) moments.inputMean[column]! += shift?.[column] ?? 0;
      for (let column = 0; column < targets; column++)
        moments.targetMean[column]! += shift?.[paddedInputs + column] ?? 0;
      await engine.clear(at.sums, padded * 8);
      await engine.clear(at.gram, triangleBytes(padded));
      return moments;
    },
    dispose: () => held.free(),
  };
}
