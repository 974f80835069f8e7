import type { PositionErrors } from '../data/layer-error.js';

/** Cells along an axis, at most: a picture of more would tell no more, and weigh. */
const longest = 64;

/**
 * Errors by position, long axes made shorter by averaging neighbours.
 *
 * @param errors Row-major.
 * @param layerShape One or two lengths; further axes are averaged away.
 */
export function poolPositions(errors: readonly number[], layerShape: readonly number[]): PositionErrors {
  const [rows, columns] = layerShape.length === 1 ? [1, layerShape[0]!] : [layerShape[0]!, layerShape[1]!];
  const inner = errors.length / (rows * columns);
  const [tall, wide] = [Math.ceil(rows / longest), Math.ceil(columns / longest)];
  const shape = [Math.ceil(rows / tall), Math.ceil(columns / wide)] as const;
  const sums = new Float64Array(shape[0] * shape[1]);
  const counts = new Float64Array(sums.length);
  for (const [index, error] of errors.entries()) {
    const position = Math.floor(index / inner);
    const row = Math.floor(position / columns / tall);
    const column = Math.floor((position % columns) / wide);
    sums[row * shape[1] + column]! += error;
    counts[row * shape[1] + column]!++;
  }
  return {
    layerShape,
    shape: layerShape.length === 1 ? [shape[1]] : shape,
    relativeMse: Array.from(sums, (sum, cell) => sum / counts[cell]!),
  };
}
