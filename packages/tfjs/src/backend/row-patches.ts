import type { Chunk } from './chunk.js';

/** A matrix, rows over samples and output columns, and its transpose. */
export interface RowMatrix {
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns] */
  readonly values: Float32Array;
  /** [columns, rows] */
  readonly transposed: Float32Array;
}

/** The row patches of padded input rows, laid out once and kept while rows above need them. */
export interface RowPatches {
  /** What each output column reads of this row: [rows, kernelWidth * channels]. */
  at(row: number): RowMatrix;
  /** Rows before this one won't be asked for again. */
  forgetBefore(row: number): void;
}

/** Row patches of a chunk, none laid out yet. */
export function createRowPatches(chunk: Chunk): RowPatches {
  const kept = new Map<number, RowMatrix>();
  return {
    at(row) {
      const patches = kept.get(row) ?? rowPatches(chunk, row);
      kept.set(row, patches);
      return patches;
    },
    forgetBefore(row) {
      for (const old of kept.keys()) if (old < row) kept.delete(old);
    },
  };
}

/** The targets of an output row: [rows, outFeatures]. */
export function targetRow({ targets, count, outFeatures, window }: Chunk, row: number): RowMatrix {
  const [outHeight, outWidth] = window.outputSize;
  const length = outWidth * outFeatures;
  const values = new Float32Array(count * length);
  for (let sample = 0; sample < count; sample++) {
    const from = (sample * outHeight + row) * length;
    values.set(targets.subarray(from, from + length), sample * length);
  }
  return withTranspose(values, count * outWidth, outFeatures);
}

/** The sum of each column, in float64. */
export function columnSums({ transposed, rows, columns }: RowMatrix): Float64Array {
  return Float64Array.from({ length: columns }, (_, column) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += transposed[column * rows + row]!;
    return sum;
  });
}

function rowPatches({ padded, count, channels, window }: Chunk, row: number): RowMatrix {
  const [, outWidth] = window.outputSize;
  const [, kernelWidth] = window.kernelSize;
  const [, stride] = window.strides;
  const [, dilation] = window.dilationRate;
  const columns = kernelWidth * channels;
  const values = new Float32Array(count * outWidth * columns);
  // Without holes a row patch lies in one piece.
  const runs = dilation === 1 ? 1 : kernelWidth;
  const runLength = columns / runs;
  let to = 0;
  for (let sample = 0; sample < count; sample++) {
    const line = (sample * padded.height + row) * padded.width;
    for (let column = 0; column < outWidth; column++) {
      for (let run = 0; run < runs; run++) {
        const from = (line + column * stride + run * dilation) * channels;
        for (let index = 0; index < runLength; index++) values[to++] = padded.values[from + index]!;
      }
    }
  }
  return withTranspose(values, count * outWidth, columns);
}

function withTranspose(values: Float32Array, rows: number, columns: number): RowMatrix {
  const transposed = new Float32Array(values.length);
  for (let column = 0; column < columns; column++) {
    const start = column * rows;
    for (let row = 0; row < rows; row++) transposed[start + row] = values[row * columns + column]!;
  }
  return { rows, columns, values, transposed };
}
