/** Bytes of a float64 lower triangle of so many rows, a multiple of 8: see assembly/triangle.ts. */
export function triangleBytes(rows: number): number {
  const panels = rows / 8;
  return 256 * panels * (panels + 1);
}

/** Where a row of a triangle begins, in bytes. */
export function triangleRow(row: number): number {
  const panel = Math.floor(row / 8);
  return 256 * panel * (panel + 1) + (row % 8) * 64 * (panel + 1);
}
