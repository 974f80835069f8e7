/** As many samples as make about a megabyte of input, 8 to 256: products want many rows, memory few. */
export function defaultBatchSize(inputShapes: readonly (readonly (number | null)[])[]): number {
  const sample = inputShapes
    .flatMap((shape) => shape.slice(1))
    .reduce<number>((size, length) => size * (length ?? 1), 1);
  return Math.max(8, Math.min(256, Math.floor(2 ** 18 / sample)));
}
