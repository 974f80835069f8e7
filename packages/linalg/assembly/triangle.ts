/**
 * Float64 lower triangles in half the memory of a square: rows come in panels of eight, and the rows of panel
 * p are 8 (p + 1) numbers long, so that the diagonal's 8x8 tile is whole.
 */

/** Bytes between the rows of a panel. */
// @ts-ignore: decorator
@inline
export function rowBytes(panel: i32): usize {
  return (<usize>panel + 1) << 6;
}

/** Where a panel's first row begins, from the start of the triangle. */
// @ts-ignore: decorator
@inline
export function panelOffset(panel: i32): usize {
  return (<usize>panel * (<usize>panel + 1)) << 8;
}

/** Where a row begins. */
// @ts-ignore: decorator
@inline
export function rowOffset(row: i32): usize {
  const panel = row >> 3;
  return panelOffset(panel) + <usize>(row & 7) * rowBytes(panel);
}
