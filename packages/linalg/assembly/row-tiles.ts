import { firstListed, gram, listEndsAt, panelAt, panelCount, tiles } from './packed-rows';
import { nextTask, thread } from './team';
import { addQuad, blockBytes, blockRows, panelRowBytes } from './tile-float32';
import { addLists, groupPanels } from './tile-sparse';
import { panelOffset, rowBytes } from './triangle';

/** A tile's sums for each thread: of 16 x 16 panels at most. */
const tileBytes: usize = 16 * 16 * 64 * 8;

/**
 * Panels on the edge of a tile of the Gram matrix: both operands and the tile stay in the second cache. A
 * tile's sums of several blocks are made there and then added to the triangle, whose rows lie too far apart
 * to be touched at every turn.
 */
function tileEdge(): i32 {
  return panelCount >= 256 ? 16 : panelCount >= 128 ? 8 : 4;
}

/** Adds the products of a pass's packed rows to the triangle. */
export function multiplyTiles(rows: i32): void {
  const edge = tileEdge();
  const edges = (panelCount + edge - 1) / edge;
  const tasks = (edges * (edges + 1)) / 2;
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    // The first rows of tiles have fewest zeros and take longest: first, so that no thread is left with them
    // alone.
    let tileRow = <i32>((Math.sqrt(8.0 * <f64>task + 1) - 1) * 0.5);
    while (((tileRow + 1) * (tileRow + 2)) / 2 <= task) tileRow++;
    while ((tileRow * (tileRow + 1)) / 2 > task) tileRow--;
    multiplyTile(tileRow, task - (tileRow * (tileRow + 1)) / 2, edge, rows);
  }
}

function multiplyTile(tileRow: i32, tileColumn: i32, edge: i32, rows: i32): void {
  const firstRow = tileRow * edge;
  const firstColumn = tileColumn * edge;
  const lastRow = min(firstRow + edge, panelCount);
  const lastColumn = min(firstColumn + edge, panelCount);
  const tileStride = <usize>edge << 6;
  const tile = tiles + <usize>thread * tileBytes;
  const direct = rows <= blockRows;
  if (!direct) memory.fill(tile, 0, <usize>(lastRow - firstRow) * 8 * tileStride);
  for (let block = 0, first = 0; first < rows; block++, first += blockRows) {
    const bytes = <usize>((min(blockRows, rows - first) + 1) & ~1) * panelRowBytes;
    for (let column = firstColumn; column < lastColumn; column += groupPanels) {
      const group = min(groupPanels, lastColumn - column);
      const right = panelAt(block, column);
      for (let row = max(firstRow, column); row < lastRow; row++) {
        // Right of its own panel nothing is wanted of a row.
        const width = min(group, row - column + 1);
        const stride = direct ? rowBytes(row) : tileStride;
        let sums = direct
          ? gram + panelOffset(row) + (<usize>column << 6)
          : tile + <usize>((row - firstRow) << 3) * stride + (<usize>(column - firstColumn) << 6);
        for (let quad = row << 1; quad < (row + 1) << 1; quad++) {
          if (quad < firstListed) {
            const left = panelAt(block, row) + (<usize>(quad & 1) << 4);
            addQuad(left + bytes, left, right, blockBytes, width, sums, stride);
          } else {
            addLists(listEndsAt(block, quad), 8, 4, right, blockBytes, width, sums, stride);
          }
          sums += 4 * stride;
        }
      }
    }
  }
  if (direct) return;
  for (let row = firstRow; row < lastRow; row++) {
    const bytes = <usize>(min(lastColumn, row + 1) - firstColumn) << 6;
    const to = gram + panelOffset(row) + (<usize>firstColumn << 6);
    const from = tile + <usize>((row - firstRow) << 3) * tileStride;
    for (let line: usize = 0; line < 8; line++) addNumbers(to + line * rowBytes(row), from + line * tileStride, bytes);
  }
}

function addNumbers(to: usize, from: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    if (ASC_FEATURE_SIMD) v128.store(to + at, f64x2.add(v128.load(to + at), v128.load(from + at)));
    else {
      store<f64>(to + at, load<f64>(to + at) + load<f64>(from + at));
      store<f64>(to + at, load<f64>(to + at, 8) + load<f64>(from + at, 8), 8);
    }
  }
}
