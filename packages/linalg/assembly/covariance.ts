import { barrier, join, nextTask } from './team';
import { panelOffset, rowBytes, rowOffset } from './triangle';

/**
 * Writes rows of a covariance, whole and unpadded: `gram / count - mean mean^T`.
 *
 * @param mean Float64 for each padded column, of the shifted values.
 * @param first First row, a multiple of 8; `last` is after the last one.
 * @param firstColumn A multiple of 8.
 * @param to Float64 [last - first, columns]
 */
export function centerRows(
  number: i32,
  threadCount: i32,
  sync: usize,
  gram: usize,
  mean: usize,
  scale: f64,
  first: i32,
  last: i32,
  firstColumn: i32,
  columns: i32,
  to: usize,
): void {
  join(sync, number, threadCount);
  const panels = (last - first + 7) >> 3;
  for (let task = nextTask(); task < panels; task = nextTask()) {
    const row = first + (task << 3);
    centerPanel(gram, mean, scale, row, min(8, last - row), firstColumn, columns, to + ((<usize>task * <usize>columns) << 6));
  }
  barrier();
}

function centerPanel(
  gram: usize,
  mean: usize,
  scale: f64,
  first: i32,
  rows: i32,
  firstColumn: i32,
  columns: i32,
  to: usize,
): void {
  const panel = first >> 3;
  // Left of the diagonal tile and in it, rows lie as they are; right of it, they are columns of later panels.
  const split = min(columns, max(0, first + 8 - firstColumn));
  for (let row = 0; row < rows; row++) {
    const from = gram + panelOffset(panel) + <usize>row * rowBytes(panel) + (<usize>firstColumn << 3);
    const ownMean = load<f64>(mean + (<usize>(first + row) << 3));
    const line = to + ((<usize>row * <usize>columns) << 3);
    for (let column = 0; column < split; column++) {
      const global = firstColumn + column;
      const value = load<f64>(from + (<usize>column << 3));
      store<f64>(line + (<usize>column << 3), value * scale - ownMean * load<f64>(mean + (<usize>global << 3)));
    }
  }
  for (let column = split; column < columns; column++) {
    const global = firstColumn + column;
    const from = gram + rowOffset(global) + (<usize>first << 3);
    const ownMean = load<f64>(mean + (<usize>global << 3));
    let line = to + (<usize>column << 3);
    for (let row = 0; row < rows; row++) {
      const rowMean = load<f64>(mean + (<usize>(first + row) << 3));
      store<f64>(line, load<f64>(from + (<usize>row << 3)) * scale - rowMean * ownMean);
      line += <usize>columns << 3;
    }
  }
}
