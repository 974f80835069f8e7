import type { Moments } from '@fuseinit/core';
import type { KernelCall } from '../engine/engine.js';
import { type Allocation, triangleBytes, type Workspace } from '../memory/arena.js';
import {
  type ColumnTraits,
  createShiftWatch,
  finiteSide,
  lookAtColumns,
  orderColumns,
  plainRows,
  type Rows,
  shiftsOf,
} from './columns.js';
import type { Chunk } from './stream-sums.js';

/** Numbers of the rows that are brought in at a time, about: 8 MiB of float32. */
const chunkNumbers = 2 ** 21;
/** Numbers of the rows that are packed at a time, about, to stay in caches: 1 MiB of float32. */
const passNumbers = 2 ** 18;
/**
 * Rows that are packed at a time where caches don't hold even a block of them: two, to go through the sums
 * half as often.
 */
const passRowsAtLeast = 512;
/** Numbers of a covariance that are brought home at a time: 8 MiB. */
const blockNumbers = 2 ** 20;

/** The Gram matrix of rows `[target | input]` in the engine's memory, and what belongs to it. */
export interface RowProducts {
  /** Rows of a chunk. */
  readonly rowsAtOnce: number;
  /** Brings a chunk of rows to the engine's memory. */
  load(inputs: Float32Array, targets: Float32Array, rows: number, source: RowSource): Promise<Chunk>;
  /** @param targets [rows, targets] */
  look(inputs: Rows, targets: Float32Array): RowLook;
  /** Sets shift and order; the sums are empty. */
  begin(look: RowLook): Promise<void>;
  /** Whether they still suit when these rows are added. */
  fits(inputs: Rows, targets: Float32Array): boolean;
  /** Returns the side of the added rows that holds NaN or Infinity, if any. */
  check(): Promise<'input' | 'target' | undefined>;
  take(count: number): Promise<Moments>;
  dispose(): void;
}

/** Statistics of the columns of some rows. */
export interface RowLook {
  readonly inputs: ColumnTraits;
  readonly targets: ColumnTraits;
}

/** @param targets [rows, outFeatures] */
export function lookAtRows(inputs: Rows, targets: Float32Array, outFeatures: number): RowLook {
  return { inputs: lookAtColumns(inputs), targets: lookAtColumns(plainRows(targets, outFeatures)) };
}

/** The rows of a chunk, and the kernel call that adds them. */
interface RowSource {
  readonly name: 'rows' | 'patches';
  /** Bytes of room that the call needs besides. */
  readonly roomBytes: number;
  /** Makes the call from the addresses of inputs, targets and scratch memory. */
  call(at: Readonly<Record<'x' | 'z' | 'room', number>>): KernelCall;
}

type Part = 'order' | 'panelIndices' | 'shift' | 'sums' | 'gram' | 'rowMean' | 'mean';

/** @throws TENSOR_TOO_LARGE */
export async function createRowProducts(
  { engine, arena }: Workspace,
  inputs: number,
  targets: number,
): Promise<RowProducts> {
  const paddedTargets = Math.ceil(targets / 8) * 8;
  const padded = paddedTargets + Math.ceil(inputs / 8) * 8;
  const allocation: Allocation<Part> = await arena.allocate(
    {
      order: padded * 4,
      panelIndices: (targets + inputs) * 4,
      shift: padded * 4,
      sums: padded * 8,
      rowMean: padded * 8,
      mean: padded * 8,
      gram: triangleBytes(padded),
    },
    `Sums of products of ${inputs} inputs and ${targets} targets`,
  );
  const { at } = allocation;
  /** The index in the sums of each target, and then of each input. */
  const panelIndices = Int32Array.from({ length: targets + inputs }, (_, column) =>
    column < targets ? column : paddedTargets + column - targets,
  );
  const shift = new Float32Array(padded);
  let firstListed = padded / 4;
  const watches = { inputs: createShiftWatch(inputs), targets: createShiftWatch(targets) };
  await engine.write(at.panelIndices, panelIndices);
  await engine.clear(at.sums, padded * 8);
  await engine.clear(at.gram, triangleBytes(padded));

  /**
   * The covariance of some columns of `[target | input]`, from `first` on, with others, from `firstColumn`
   * on.
   */
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
        const [rowPlaces, columnPlaces] = [
          at.panelIndices + (first + row) * 4,
          at.panelIndices + firstColumn * 4,
        ];
        const { gram, rowMean, mean } = at;
        await engine.run([
          'centerRows',
          gram,
          rowMean,
          mean,
          1 / count,
          rowPlaces,
          end - row,
          columnPlaces,
          columns,
          to,
        ]);
        await engine.read(to, values.subarray(row * columns, end * columns));
      }
    } finally {
      block.free();
    }
    return values;
  }

  const wholeBlocks = (numbers: number) => Math.floor(numbers / padded / 256) * 256;
  const passRows = Math.min(2048, wholeBlocks(passNumbers) || passRowsAtLeast);

  /** Columns that have room for a list: whole panels. */
  const listed = () => padded - 8 * Math.floor(firstListed / 2);

  const atPlaces = (values: Float64Array, from: number, to: number) =>
    Float64Array.from(panelIndices.subarray(from, to), (place) => values[place]!);

  return {
    rowsAtOnce: Math.min(8192, Math.max(passRows, wholeBlocks(chunkNumbers))),
    async load(x, z, rows, { name, roomBytes, call }) {
      const blocks = Math.ceil(Math.min(rows, passRows) / 256);
      const { at: own, free } = await arena.allocate(
        {
          x: x.byteLength,
          z: z.byteLength,
          room: roomBytes,
          scratch: blocks * 8 * padded * 8,
          tiles: engine.threads * 2 ** 17,
          panels: blocks * 256 * padded * 4,
          lists: blocks * 256 * listed() * 8,
          ends: blocks * listed() * 8,
        },
        `A chunk of ${rows} ${name}`,
      );
      await engine.write(own.x, x);
      await engine.write(own.z, z);
      const sizes = [targets, inputs] as const;
      const sums = [at.order, at.shift, at.sums] as const;
      const packed = [passRows, own.scratch, own.tiles, own.panels] as const;
      const hold = [
        'holdRows',
        ...sizes,
        ...sums,
        ...packed,
        firstListed,
        own.lists,
        own.ends,
        at.gram,
      ] as const;
      return { calls: [hold, call(own)], free };
    },
    look: (x, z) => lookAtRows(x, z, targets),
    async begin(look) {
      const found = orderColumns(look.inputs, padded / 8);
      const order = new Int32Array(padded).fill(-1);
      for (let target = 0; target < targets; target++) order[target] = target;
      order.set(found.order, paddedTargets);
      firstListed = paddedTargets / 4 + found.firstListed;
      const taken = { inputs: shiftsOf(look.inputs), targets: shiftsOf(look.targets) };
      shift.set(taken.targets);
      for (let input = 0; input < inputs; input++) {
        panelIndices[targets + input] = paddedTargets + found.panelIndices[input]!;
        shift[panelIndices[targets + input]!] = taken.inputs[input]!;
      }
      watches.inputs.begin(taken.inputs, (input) => found.panelIndices[input]! >= 4 * found.firstListed);
      watches.targets.begin(taken.targets);
      await engine.write(at.order, order);
      await engine.write(at.panelIndices, panelIndices);
      await engine.write(at.shift, shift);
    },
    fits: (x, z) => watches.inputs.fits(x) && watches.targets.fits(plainRows(z, targets)),
    async check() {
      const sums = new Float64Array(padded);
      await engine.read(at.sums, sums);
      return finiteSide(sums.subarray(paddedTargets), sums.subarray(0, paddedTargets));
    },
    async take(count) {
      // Without rows all sums are zero, and so are the moments.
      const divisor = Math.max(1, count);
      const mean = new Float64Array(padded);
      await engine.read(at.sums, mean);
      for (let column = 0; column < padded; column++) mean[column]! /= divisor;
      const shiftFactor = count > 0 ? 1 : 0;
      const whole = mean.map((value, column) => value + shiftFactor * shift[column]!);
      await engine.write(at.mean, mean);
      await engine.write(
        at.rowMean,
        whole.map((value, column) => (column < 4 * firstListed ? mean[column]! : value)),
      );
      // All three are started at once, so that threads don't wait for one to be read before the next.
      const [inputCovariance, crossCovariance, targetCovariance] = await Promise.all([
        covariance(targets, inputs, targets, inputs, divisor),
        covariance(0, targets, targets, inputs, divisor),
        covariance(0, targets, 0, targets, divisor),
      ]);
      const moments = {
        count,
        inputMean: { shape: [inputs], data: atPlaces(whole, targets, targets + inputs) },
        targetMean: { shape: [targets], data: atPlaces(whole, 0, targets) },
        inputCovariance: { shape: [inputs, inputs], data: inputCovariance },
        crossCovariance: { shape: [targets, inputs], data: crossCovariance },
        targetCovariance: { shape: [targets, targets], data: targetCovariance },
      };
      await engine.clear(at.sums, padded * 8);
      await engine.clear(at.gram, triangleBytes(padded));
      return moments;
    },
    dispose: () => allocation.free(),
  };
}
