import { barrier, join, nextTask, thread } from './team';
import { packQuad, quadRowBytes, subtractTile64 } from './tile-float64';
import { rowBytes, rowOffset } from './triangle';

/** Columns of a diagonal block, that one thread factors and inverts. */
export const blockColumns: i32 = 64;
export const inverseBytes: usize = <usize>blockColumns * <usize>blockColumns * 8;
/** Columns that an update takes at a time: both operands stay in the second cache. */
const updateColumns: i32 = 256;
/** Quads on the edge of a tile of an update. */
const tileQuads: i32 = 16;
const quadsPerTask: i32 = 8;

let matrix: usize = 0;
let rowCount: i32 = 0;
let inverses: usize = 0;
let thresholds: usize = 0;
let pivots: usize = 0;
let skipped: usize = 0;
let packed: usize = 0;

// @ts-ignore: decorator
@inline
function at(row: i32, column: i32): usize {
  return matrix + rowOffset(row) + (<usize>column << 3);
}

/**
 * Factors the first `columns` columns of a triangle in place; rows below them are solved forward on the way.
 *
 * A column is skipped when no more than its threshold is left of its diagonal: it becomes zero, and so does
 * what is solved for it.
 *
 * @param columns A multiple of 8, as `rows` is.
 * @param limits Float64 for each column: what must be exceeded.
 * @param left Float64 for each column: what was left, on return.
 * @param without A byte for each column: 1 where it was skipped, on return.
 * @param room For `rows` * 256 float64, and 64 * 64 more for each thread and one.
 * @param blocks Float64 [columns / 64][64][64]: inverses of the diagonal blocks, on return.
 */
export function factor(
  number: i32,
  count: i32,
  sync: usize,
  triangle: usize,
  columns: i32,
  rows: i32,
  limits: usize,
  left: usize,
  without: usize,
  room: usize,
  blocks: usize,
): void {
  join(sync, number, count);
  matrix = triangle;
  rowCount = rows;
  thresholds = limits;
  pivots = left;
  skipped = without;
  packed = room;
  inverses = blocks;
  factorColumns(0, columns);
}

/**
 * The left half, then what it leaves of the right one, then the right half: most of the work is in large
 * products.
 */
function factorColumns(first: i32, last: i32): void {
  if (last - first <= blockColumns) {
    factorBlock(first, last);
    return;
  }
  const blocks = (last - first + blockColumns - 1) / blockColumns;
  const middle = first + (blocks / 2) * blockColumns;
  factorColumns(first, middle);
  update(middle, last, first, middle);
  factorColumns(middle, last);
}

/**
 * Takes the products of columns `from` to `to` from rows and columns at and after `first`, up to column
 * `last`.
 */
function update(first: i32, last: i32, from: i32, to: i32): void {
  const quads = (rowCount - first) >> 2;
  const columnQuads = (last - first) >> 2;
  for (let start = from; start < to; start += updateColumns) {
    const inner = min(updateColumns, to - start);
    const bytes = <usize>inner * quadRowBytes;
    for (let quad = nextTask() * quadsPerTask; quad < quads; quad = nextTask() * quadsPerTask) {
      const end = min(quad + quadsPerTask, quads);
      for (let index = quad; index < end; index++) {
        const row = first + (index << 2);
        packQuad(at(row, start), rowBytes(row >> 3), inner, packed + <usize>index * bytes);
      }
    }
    barrier();
    const tileRows = (quads + tileQuads - 1) / tileQuads;
    const tileColumns = (columnQuads + tileQuads - 1) / tileQuads;
    const tiles = tileRows * tileColumns;
    for (let tile = nextTask(); tile < tiles; tile = nextTask()) {
      const tileRow = tileRows - 1 - tile / tileColumns;
      const tileColumn = tile % tileColumns;
      if (tileColumn <= tileRow) updateTile(first, tileRow, tileColumn, quads, columnQuads, bytes);
    }
    barrier();
  }
}

function updateTile(first: i32, tileRow: i32, tileColumn: i32, quads: i32, columnQuads: i32, bytes: usize): void {
  const lastRow = min((tileRow + 1) * tileQuads, quads);
  const lastColumn = min((tileColumn + 1) * tileQuads, columnQuads);
  for (let column = tileColumn * tileQuads; column < lastColumn; column++) {
    const right = packed + <usize>column * bytes;
    for (let row = max(tileRow * tileQuads, column); row < lastRow; row++) {
      const left = packed + <usize>row * bytes;
      const start = first + (row << 2);
      subtractTile64(left + bytes, left, right, at(start, first + (column << 2)), rowBytes(start >> 3));
    }
  }
}

function factorBlock(first: i32, last: i32): void {
  const inverse = inverses + <usize>(first / blockColumns) * inverseBytes;
  const width = last - first;
  if (thread == 0) {
    factorDiagonal(first, last, inverse);
    invertDiagonal(first, width, inverse);
    packInverse(inverse, width);
  }
  barrier();
  // Rows below times the inverse, transposed: packed negative, since tiles subtract.
  const quads = (rowCount - last) >> 2;
  const bytes = <usize>width * quadRowBytes;
  const own = packed + inverseBytes + <usize>thread * <usize>blockColumns * quadRowBytes;
  for (let quad = nextTask() * quadsPerTask; quad < quads; quad = nextTask() * quadsPerTask) {
    const end = min(quad + quadsPerTask, quads);
    for (let index = quad; index < end; index++) {
      const row = last + (index << 2);
      const stride = rowBytes(row >> 3);
      packQuad(at(row, first), stride, width, own);
      for (let line = 0; line < 4; line++) memory.fill(at(row + line, first), 0, <usize>width << 3);
      for (let column = 0; column < width; column += 4) {
        // The inverse is triangular: what is right of the diagonal is zero.
        const inner = <usize>(column + 4) * quadRowBytes;
        subtractTile64(own + inner, own, packed + <usize>(column >> 2) * bytes, at(row, first + column), stride);
      }
    }
  }
  barrier();
}

function factorDiagonal(first: i32, last: i32, reciprocals: usize): void {
  for (let row = first; row < last; row++) {
    for (let column = first; column <= row; column++) {
      const place = at(row, column);
      const rest = load<f64>(place) - dot(at(row, first), at(column, first), column - first);
      const reciprocal = reciprocals + (<usize>(column - first) << 3);
      if (column < row) {
        store<f64>(place, rest * load<f64>(reciprocal));
        continue;
      }
      const index = <usize>row << 3;
      store<f64>(pivots + index, rest);
      const kept = rest > load<f64>(thresholds + index);
      store<u8>(skipped + row, kept ? 0 : 1);
      const root = kept ? Math.sqrt(rest) : 0;
      store<f64>(place, root);
      store<f64>(reciprocal, kept ? 1 / root : 0);
    }
  }
}

// @ts-ignore: decorator
@inline
function dot(a: usize, b: usize, length: i32): f64 {
  let sum: f64 = 0;
  let rest = length;
  if (ASC_FEATURE_SIMD) {
    let even = f64x2.splat(0);
    for (; rest >= 2; rest -= 2, a += 16, b += 16) even = f64x2.add(even, f64x2.mul(v128.load(a), v128.load(b)));
    sum = f64x2.extract_lane(even, 0) + f64x2.extract_lane(even, 1);
  } else {
    let odd: f64 = 0;
    for (; rest >= 2; rest -= 2, a += 16, b += 16) {
      sum += load<f64>(a) * load<f64>(b);
      odd += load<f64>(a, 8) * load<f64>(b, 8);
    }
    sum += odd;
  }
  return rest > 0 ? sum + load<f64>(a) * load<f64>(b) : sum;
}

/**
 * Row i of the inverse is `-(sum of L[i][k] times row k) / L[i][i]`; the reciprocals stand in its first row.
 */
function invertDiagonal(first: i32, width: i32, inverse: usize): void {
  for (let row = width - 1; row >= 0; row--) {
    // The diagonal goes where it belongs before its place in the first row is written over, from the last one
    // on.
    store<f64>(inverse + (<usize>(row * blockColumns + row) << 3), load<f64>(inverse + (<usize>row << 3)));
  }
  for (let column = 1; column < blockColumns; column++) store<f64>(inverse + (<usize>column << 3), 0);
  for (let row = 1; row < width; row++) {
    const line = inverse + (<usize>(row * blockColumns) << 3);
    const reciprocal = load<f64>(line + (<usize>row << 3));
    memory.fill(line, 0, <usize>blockColumns << 3);
    for (let k = 0; k < row; k++) {
      const factor = -reciprocal * load<f64>(at(first + row, first + k));
      const source = inverse + (<usize>(k * blockColumns) << 3);
      for (let column: usize = 0; column <= <usize>k; column++) {
        const place = line + (column << 3);
        store<f64>(place, load<f64>(place) + factor * load<f64>(source + (column << 3)));
      }
    }
    store<f64>(line + (<usize>row << 3), reciprocal);
  }
}

/** Quads of the inverse's rows, negative, at the start of `packed`. */
function packInverse(inverse: usize, width: i32): void {
  let to = packed;
  for (let quad = 0; quad < width; quad += 4) {
    for (let k = 0; k < width; k++) {
      for (let row = 0; row < 4; row++, to += 8) {
        store<f64>(to, -load<f64>(inverse + (<usize>((quad + row) * blockColumns + k) << 3)));
      }
    }
  }
}
