import { entryBytes, listQuad } from './nonzeros';
import { packRows } from './pack';
import { barrier, join, nextTask, thread } from './team';
import { addTile32, panelRowBytes } from './tile-float32';
import { addList } from './tile-sparse';
import { panelOffset, rowBytes } from './triangle';

/** Rows whose products are summed in float32 before they go to float64 sums. */
const blockRows: i32 = 256;
const blockBytes: usize = <usize>blockRows * panelRowBytes;
const listBytes: usize = <usize>blockRows * entryBytes;
/** Panels whose products with a list are made at once. */
const groupPanels: i32 = 4;
/** Rows of a packing task; sums of its columns are kept apart, so that the order of threads doesn't show in them. */
const taskRows: i32 = 32;

/** Float32 matrices, row-major. */
let inputs: usize = 0;
let inputColumns: i32 = 0;
let targets: usize = 0;
let targetColumns: i32 = 0;
/** Of a convolution: null where inputs are rows. */
let offsets: usize = 0;
let positions: i32 = 0;
let taps: i32 = 0;
let channels: i32 = 0;
let pixels: i32 = 0;
/** Rows that are packed before their products are made, a multiple of a block's: no more than caches hold. */
let passRows: i32 = 0;
/** A tile's sums for each thread. */
let tiles: usize = 0;
const tileBytes: usize = 16 * 16 * 64 * 8;
/** For each column of a panel, the one of `targets` or of `inputs` that it holds, and what is taken off it. */
let order: usize = 0;
let shift: usize = 0;
/** Packed rows [block][panel][256][8], and lists of what isn't zero in the columns from a quad on. */
let panels: usize = 0;
let firstListed: i32 = 0;
let lists: usize = 0;
let listEnds: usize = 0;

/**
 * Adds the products of rows `[target | input]` to the lower triangle of their Gram matrix.
 *
 * Products with one of the last columns, in which many zeros are expected, take only rows in which it isn't zero. Nothing
 * is taken off it there: sums of row r and column c <= r of the triangle are of (r - shift)(c - shift), and of r
 * (c - shift) where r is a listed one.
 *
 * @param x Float32 [rows, d]
 * @param z Float32 [rows, m]
 * @param columns Int32 for each column of `[target | input]`, either padded to whole panels: its number there, -1 for padding.
 * @param shifts Float32 for each padded column.
 * @param sums Float64 for each padded column.
 * @param rowsOfPass Rows that are packed at a time, a multiple of 256.
 * @param scratch Float64 [rowsOfPass / 32][padded columns].
 * @param ownTiles Room for 16 x 16 tiles of 8 x 8 float64 for each thread.
 * @param packed Room for packed rows: rowsOfPass * padded columns float32.
 * @param listedFrom First four columns that are listed, counted in fours.
 * @param entries Room for a list for each listed column of 256 rows, whole panels of them: 256 * 8 bytes each.
 * @param ends Int32 [lists][2]: where each list begins and ends.
 * @param gram The triangle, float64.
 */
export function addRows(
  number: i32,
  count: i32,
  sync: usize,
  x: usize,
  d: i32,
  z: usize,
  m: i32,
  rows: i32,
  columns: usize,
  shifts: usize,
  sums: usize,
  rowsOfPass: i32,
  scratch: usize,
  ownTiles: usize,
  packed: usize,
  listedFrom: i32,
  entries: usize,
  ends: usize,
  gram: usize,
): void {
  inputs = x;
  inputColumns = d;
  targets = z;
  targetColumns = m;
  offsets = 0;
  hold(columns, shifts, rowsOfPass, ownTiles, packed, listedFrom, entries, ends);
  addPacked(number, count, sync, rows, sums, scratch, gram, 0);
}

/**
 * The same for the patches of a convolution, that are laid out four at a time.
 *
 * @param x Float32 [samples, pixels, channels]
 * @param z Float32 [samples, positions, m]
 * @param at Int32 [positions, taps]: the pixel that each tap of each position reads, -1 for padding.
 * @param patches Room for four patches for each thread, float32.
 */
export function addPatches(
  number: i32,
  count: i32,
  sync: usize,
  x: usize,
  z: usize,
  m: i32,
  samples: i32,
  at: usize,
  positionCount: i32,
  tapCount: i32,
  channelCount: i32,
  pixelCount: i32,
  patches: usize,
  columns: usize,
  shifts: usize,
  sums: usize,
  rowsOfPass: i32,
  scratch: usize,
  ownTiles: usize,
  packed: usize,
  listedFrom: i32,
  entries: usize,
  ends: usize,
  gram: usize,
): void {
  inputs = x;
  inputColumns = tapCount * channelCount;
  targets = z;
  targetColumns = m;
  offsets = at;
  positions = positionCount;
  taps = tapCount;
  channels = channelCount;
  pixels = pixelCount;
  hold(columns, shifts, rowsOfPass, ownTiles, packed, listedFrom, entries, ends);
  const own = patches + <usize>number * (<usize>inputColumns << 4);
  addPacked(number, count, sync, samples * positionCount, sums, scratch, gram, own);
}

function hold(
  columns: usize,
  shifts: usize,
  rowsOfPass: i32,
  ownTiles: usize,
  packed: usize,
  listedFrom: i32,
  entries: usize,
  ends: usize,
): void {
  order = columns;
  shift = shifts;
  passRows = rowsOfPass;
  tiles = ownTiles;
  panels = packed;
  firstListed = listedFrom;
  lists = entries;
  listEnds = ends;
}

function addPacked(
  number: i32,
  count: i32,
  sync: usize,
  rows: i32,
  sums: usize,
  scratch: usize,
  gram: usize,
  patches: usize,
): void {
  join(sync, number, count);
  const targetPanels = (targetColumns + 7) >> 3;
  const panelCount = targetPanels + ((inputColumns + 7) >> 3);
  for (let first = 0; first < rows; first += passRows) {
    addPass(first, min(passRows, rows - first), targetPanels, panelCount, sums, scratch, gram, patches);
  }
}

function addPass(
  begin: i32,
  rows: i32,
  targetPanels: i32,
  panelCount: i32,
  sums: usize,
  scratch: usize,
  gram: usize,
  patches: usize,
): void {
  const sumBytes = <usize>panelCount << 6;
  const packTasks = (rows + taskRows - 1) / taskRows;
  for (let task = nextTask(); task < packTasks; task = nextTask()) {
    const ownSums = scratch + <usize>task * sumBytes;
    memory.fill(ownSums, 0, sumBytes);
    packTask(begin, task * taskRows, rows, targetPanels, panelCount, ownSums, patches);
  }
  barrier();
  const blocks = (rows + blockRows - 1) / blockRows;
  const listTasks = blocks * (panelCount - (firstListed >> 1));
  const sumTasks = (panelCount + 15) >> 4;
  for (let task = nextTask(); task < listTasks + sumTasks; task = nextTask()) {
    if (task < listTasks) listPanel(task, rows, panelCount);
    else reduceSums(task - listTasks, packTasks, panelCount, scratch, sums);
  }
  barrier();
  multiplyTiles(rows, panelCount, gram);
  barrier();
}

/** Packs some of a pass's rows, `first` being counted from its beginning. */
function packTask(
  begin: i32,
  first: i32,
  rows: i32,
  targetPanels: i32,
  panelCount: i32,
  sums: usize,
  patches: usize,
): void {
  const last = min(first + taskRows, rows);
  const inputStride = <usize>inputColumns << 2;
  const targetStride = <usize>targetColumns << 2;
  for (let row = first; row < last; row += 4) {
    const few = min(4, last - row);
    const block = <usize>(row / blockRows);
    const to = panels + block * <usize>panelCount * blockBytes + <usize>(row % blockRows) * panelRowBytes;
    const at = begin + row;
    packRows(targets + <usize>at * targetStride, targetStride, few, targetPanels, order, shift, sums, to, blockBytes);
    let source = inputs + <usize>at * inputStride;
    if (offsets) {
      for (let index = 0; index < few; index++) layOut(at + index, patches + <usize>index * inputStride);
      source = patches;
    }
    const skipped = <usize>targetPanels;
    packRows(
      source,
      inputStride,
      few,
      panelCount - targetPanels,
      order + (skipped << 5),
      shift + (skipped << 5),
      sums + (skipped << 6),
      to + skipped * blockBytes,
      blockBytes,
    );
  }
}

/** Writes out what one position of one sample reads. */
function layOut(row: i32, to: usize): void {
  const sample = row / positions;
  const image = inputs + <usize>sample * <usize>pixels * (<usize>channels << 2);
  const bytes = <usize>channels << 2;
  let at = offsets + <usize>(row % positions) * (<usize>taps << 2);
  for (let tap = 0; tap < taps; tap++) {
    const pixel = load<i32>(at);
    if (pixel < 0) memory.fill(to, 0, bytes);
    else if (ASC_FEATURE_SIMD && (channels & 3) == 0) {
      const from = image + <usize>pixel * bytes;
      for (let byte: usize = 0; byte < bytes; byte += 16) v128.store(to + byte, v128.load(from + byte));
    } else {
      const from = image + <usize>pixel * bytes;
      for (let byte: usize = 0; byte < bytes; byte += 4) store<f32>(to + byte, load<f32>(from + byte));
    }
    to += bytes;
    at += 4;
  }
}

/** Adds up sums of sixteen panels. */
function reduceSums(group: i32, packTasks: i32, panelCount: i32, scratch: usize, sums: usize): void {
  const stride = <usize>panelCount << 6;
  const end = min((group + 1) << 7, panelCount << 3);
  for (let column = group << 7; column < end; column++) {
    const at = <usize>column << 3;
    let sum = load<f64>(sums + at);
    for (let task = 0; task < packTasks; task++) sum += load<f64>(scratch + <usize>task * stride + at);
    store<f64>(sums + at, sum);
  }
}

/** Lists the columns of a panel in a block; panels that aren't listed are not counted. */
function listPanel(number: i32, rows: i32, panelCount: i32): void {
  const firstPanel = firstListed >> 1;
  const listedPanels = panelCount - firstPanel;
  const block = number / listedPanels;
  const panel = firstPanel + (number % listedPanels);
  const few = min(blockRows, rows - block * blockRows);
  const from = panels + <usize>(block * panelCount + panel) * blockBytes;
  for (let quad = panel << 1; quad < (panel + 1) << 1; quad++) {
    const list = listOf(block, panelCount, quad);
    const half = <usize>(quad & 1) << 4;
    const ends = listEnds + (list << 3);
    for (let column: usize = 0; column < 4; column++) {
      store<i32>(ends + (column << 3), <i32>(lists + (list + column) * listBytes));
    }
    listQuad(from + half, 0, <usize>few * panelRowBytes, shift + (<usize>quad << 4), ends, 8);
  }
}

/** The number of the first of a quad's four lists in a block. */
// @ts-ignore: decorator
@inline
function listOf(block: i32, panelCount: i32, quad: i32): usize {
  const skipped = firstListed & ~1;
  return <usize>(block * (2 * panelCount - skipped) + quad - skipped) << 2;
}

/**
 * Panels on the edge of a tile of the Gram matrix: both operands and the tile stay in the second cache. A tile's sums of
 * several blocks are made there and then added to the triangle, whose rows lie too far apart to be touched at every turn.
 */
function tileEdge(panelCount: i32): i32 {
  return panelCount >= 256 ? 16 : panelCount >= 128 ? 8 : 4;
}

function multiplyTiles(rows: i32, panelCount: i32, gram: usize): void {
  const edge = tileEdge(panelCount);
  const edges = (panelCount + edge - 1) / edge;
  const tasks = (edges * (edges + 1)) / 2;
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    // The first rows of tiles have fewest zeros and take longest: first, so that no thread is left with them alone.
    let tileRow = <i32>((Math.sqrt(8.0 * <f64>task + 1) - 1) * 0.5);
    while (((tileRow + 1) * (tileRow + 2)) / 2 <= task) tileRow++;
    while ((tileRow * (tileRow + 1)) / 2 > task) tileRow--;
    multiplyTile(tileRow, task - (tileRow * (tileRow + 1)) / 2, edge, rows, panelCount, gram);
  }
}

function multiplyTile(
  tileRow: i32,
  tileColumn: i32,
  edge: i32,
  rows: i32,
  panelCount: i32,
  gram: usize,
): void {
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
    const base = panels + <usize>(block * panelCount) * blockBytes;
    for (let column = firstColumn; column < lastColumn; column += groupPanels) {
      const group = min(groupPanels, lastColumn - column);
      const right = base + <usize>column * blockBytes;
      for (let row = max(firstRow, column); row < lastRow; row++) {
        // Right of its own panel nothing is wanted of a row.
        const width = min(group, row - column + 1);
        const stride = direct ? rowBytes(row) : tileStride;
        let sums = direct
          ? gram + panelOffset(row) + (<usize>column << 6)
          : tile + <usize>((row - firstRow) << 3) * stride + (<usize>(column - firstColumn) << 6);
        for (let quad = row << 1; quad < (row + 1) << 1; quad++) {
          if (quad < firstListed) {
            const left = base + <usize>row * blockBytes + (<usize>(quad & 1) << 4);
            multiplyQuad(bytes, left, right, width, sums, stride);
          } else {
            multiplyLists(listOf(block, panelCount, quad), right, width, sums, stride);
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

/** Adds products of four columns with one to four panels. */
function multiplyQuad(bytes: usize, left: usize, right: usize, width: i32, sums: usize, stride: usize): void {
  for (let column = 0; column < width; column++) {
    addTile32(left + bytes, left, right, sums, stride);
    right += blockBytes;
    sums += 64;
  }
}

/** The same by four lists. */
function multiplyLists(first: usize, right: usize, width: i32, sums: usize, stride: usize): void {
  for (let number = first; number < first + 4; number++) {
    const ends = listEnds + (number << 3);
    addList(<usize>load<i32>(ends), <usize>load<i32>(ends, 4), right, blockBytes, width, sums);
    sums += stride;
  }
}
