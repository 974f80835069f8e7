import { blockColumns, inverseBytes } from './cholesky';
import { barrier, join, nextTask } from './team';
import { quadRowBytes, subtractTile64 } from './tile-float64';
import { rowBytes, rowOffset } from './triangle';

/**
 * Solves `X L = Y` for the rows after the factored columns, in place: from the last block of columns to the
 * first.
 *
 * @param columns Factored columns; rows `columns` to `rows` are solved. Both multiples of 8.
 * @param room For (rows - columns + 64) * columns float64.
 * @param inverses What `factor` left.
 */
export function substituteBack(
  number: i32,
  count: i32,
  sync: usize,
  triangle: usize,
  columns: i32,
  rows: i32,
  room: usize,
  inverses: usize,
): void {
  join(sync, number, count);
  const quads = (rows - columns) >> 2;
  const quadBytes = <usize>columns * quadRowBytes;
  const columnPanels = room + <usize>quads * quadBytes;
  for (let block = (columns - 1) / blockColumns; block >= 0; block--) {
    const first = block * blockColumns;
    const last = min(first + blockColumns, columns);
    if (last < columns) {
      const width = (last - first) >> 2;
      for (let task = nextTask(); task < width; task = nextTask()) {
        const panel = columnPanels + <usize>task * quadBytes;
        const column = first + (task << 2);
        packColumns(triangle, column, last, columns, panel);
        for (let quad = 0; quad < quads; quad++) {
          const solved = room + <usize>quad * quadBytes + <usize>last * quadRowBytes;
          const row = columns + (quad << 2);
          const tile = triangle + rowOffset(row) + (<usize>column << 3);
          subtractTile64(solved + <usize>(columns - last) * quadRowBytes, solved, panel, tile, rowBytes(row >> 3));
        }
      }
      barrier();
    }
    const inverse = inverses + <usize>block * inverseBytes;
    for (let quad = nextTask(); quad < quads; quad = nextTask()) {
      const solved = room + <usize>quad * quadBytes;
      for (let line = 0; line < 4; line++) {
        const row = triangle + rowOffset(columns + (quad << 2) + line);
        solveBlock(row, first, last, inverse, solved + (<usize>line << 3));
      }
    }
    barrier();
  }
}

/** Four columns of the factor, from row `first` to `last`, one below the other. */
function packColumns(triangle: usize, column: i32, first: i32, last: i32, to: usize): void {
  for (let row = first; row < last; row++, to += quadRowBytes) {
    const from = triangle + rowOffset(row) + (<usize>column << 3);
    store<f64>(to, load<f64>(from));
    store<f64>(to, load<f64>(from, 8), 8);
    store<f64>(to, load<f64>(from, 16), 16);
    store<f64>(to, load<f64>(from, 24), 24);
  }
}

/**
 * One row times the inverse of a diagonal block; the result goes to the row and, for later blocks, to its
 * quad.
 */
function solveBlock(row: usize, first: i32, last: i32, inverse: usize, quad: usize): void {
  for (let column = first; column < last; column++) {
    let sum: f64 = 0;
    for (let k = column; k < last; k++) {
      const place = (k - first) * blockColumns + (column - first);
      sum += load<f64>(row + (<usize>k << 3)) * load<f64>(inverse + (<usize>place << 3));
    }
    // Later columns read only what is right of this one.
    store<f64>(row + (<usize>column << 3), sum);
    store<f64>(quad + <usize>column * quadRowBytes, sum);
  }
}
