import { packRows } from './pack';
import { barrier, join, nextTask } from './team';
import { addPanels, panelRowBytes } from './tile-float32';
import { panelOffset, rowBytes } from './triangle';

/** Rows whose products are summed in float32 before they go to float64 sums. */
const blockRows: i32 = 256;
const blockBytes: usize = <usize>blockRows * panelRowBytes;
/** Rows of a packing task; sums of its columns are kept apart, so that the order of threads doesn't show in them. */
const taskRows: i32 = 64;

/** A float32 matrix, row-major, and what is taken off its columns. */
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

/**
 * Adds the products of rows `[input | target]` to the lower triangle of their Gram matrix.
 *
 * @param x Float32 [rows, d]
 * @param z Float32 [rows, m]
 * @param shift Float32 for each padded column of `[input | target]`.
 * @param sums Float64 for each padded column.
 * @param scratch Float64 [ceil(rows / 64)][padded columns].
 * @param panels Room for the packed rows: ceil(rows / 256) * 256 * padded columns float32.
 * @param filled A byte for each panel of each block.
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
  shift: usize,
  sums: usize,
  scratch: usize,
  panels: usize,
  filled: usize,
  gram: usize,
): void {
  inputs = x;
  inputColumns = d;
  targets = z;
  targetColumns = m;
  offsets = 0;
  addPacked(number, count, sync, rows, shift, sums, scratch, panels, filled, gram, 0);
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
  shift: usize,
  sums: usize,
  scratch: usize,
  panels: usize,
  filled: usize,
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
  const own = patches + <usize>number * (<usize>inputColumns << 4);
  addPacked(number, count, sync, samples * positionCount, shift, sums, scratch, panels, filled, gram, own);
}

function addPacked(
  number: i32,
  count: i32,
  sync: usize,
  rows: i32,
  shift: usize,
  sums: usize,
  scratch: usize,
  panels: usize,
  filled: usize,
  gram: usize,
  patches: usize,
): void {
  join(sync, number, count);
  const inputPanels = (inputColumns + 7) >> 3;
  const panelCount = inputPanels + ((targetColumns + 7) >> 3);
  const sumBytes = <usize>panelCount << 6;
  const tasks = (rows + taskRows - 1) / taskRows;
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const ownSums = scratch + <usize>task * sumBytes;
    memory.fill(ownSums, 0, sumBytes);
    packTask(task * taskRows, rows, inputPanels, panelCount, shift, ownSums, panels, filled, patches);
  }
  barrier();
  reduceSums(tasks, panelCount, scratch, sums);
  barrier();
  multiplyTiles(rows, panelCount, panels, filled, gram);
  barrier();
}

function packTask(
  first: i32,
  rows: i32,
  inputPanels: i32,
  panelCount: i32,
  shift: usize,
  sums: usize,
  panels: usize,
  filled: usize,
  patches: usize,
): void {
  const last = min(first + taskRows, rows);
  const inputStride = <usize>inputColumns << 2;
  const targetStride = <usize>targetColumns << 2;
  for (let row = first; row < last; row += 4) {
    const few = min(4, last - row);
    const block = <usize>(row / blockRows);
    const to = panels + block * <usize>panelCount * blockBytes + <usize>(row % blockRows) * panelRowBytes;
    const marks = filled + block * <usize>panelCount;
    let source = inputs + <usize>row * inputStride;
    if (offsets) {
      for (let index = 0; index < few; index++) layOut(row + index, patches + <usize>index * inputStride);
      source = patches;
    }
    packRows(source, inputStride, few, inputColumns, shift, sums, to, blockBytes, marks);
    if (targetColumns == 0) continue;
    packRows(
      targets + <usize>row * targetStride,
      targetStride,
      few,
      targetColumns,
      shift + (<usize>inputPanels << 5),
      sums + (<usize>inputPanels << 6),
      to + <usize>inputPanels * blockBytes,
      blockBytes,
      marks + inputPanels,
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

function reduceSums(tasks: i32, panelCount: i32, scratch: usize, sums: usize): void {
  const stride = <usize>panelCount << 6;
  const groups = (panelCount + 15) >> 4;
  for (let group = nextTask(); group < groups; group = nextTask()) {
    const end = min((group + 1) << 7, panelCount << 3);
    for (let column = group << 7; column < end; column++) {
      const at = <usize>column << 3;
      let sum = load<f64>(sums + at);
      for (let task = 0; task < tasks; task++) sum += load<f64>(scratch + <usize>task * stride + at);
      store<f64>(sums + at, sum);
    }
  }
}

/** Panels on the edge of a tile of the Gram matrix: both operands stay in the second cache. */
function tileEdge(panelCount: i32): i32 {
  return panelCount >= 256 ? 16 : panelCount >= 64 ? 8 : 4;
}

function multiplyTiles(rows: i32, panelCount: i32, panels: usize, filled: usize, gram: usize): void {
  const edge = tileEdge(panelCount);
  const edges = (panelCount + edge - 1) / edge;
  const tasks = (edges * (edges + 1)) / 2;
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    // The last rows of tiles are the longest: first, so that no thread is left with them alone.
    const index = tasks - 1 - task;
    let tileRow = <i32>((Math.sqrt(8.0 * <f64>index + 1) - 1) * 0.5);
    while (((tileRow + 1) * (tileRow + 2)) / 2 <= index) tileRow++;
    while ((tileRow * (tileRow + 1)) / 2 > index) tileRow--;
    multiplyTile(tileRow, index - (tileRow * (tileRow + 1)) / 2, edge, rows, panelCount, panels, filled, gram);
  }
}

function multiplyTile(
  tileRow: i32,
  tileColumn: i32,
  edge: i32,
  rows: i32,
  panelCount: i32,
  panels: usize,
  filled: usize,
  gram: usize,
): void {
  const lastRow = min((tileRow + 1) * edge, panelCount);
  const lastColumn = min((tileColumn + 1) * edge, panelCount);
  for (let first = 0; first < rows; first += blockRows) {
    const bytes = <usize>((min(blockRows, rows - first) + 1) & ~1) * panelRowBytes;
    const block = <usize>(first / blockRows) * <usize>panelCount;
    const base = panels + block * blockBytes;
    for (let column = tileColumn * edge; column < lastColumn; column++) {
      if (!load<u8>(filled + block + column)) continue;
      const right = base + <usize>column * blockBytes;
      for (let row = max(tileRow * edge, column); row < lastRow; row++) {
        if (!load<u8>(filled + block + row)) continue;
        const sums = gram + panelOffset(row) + (<usize>column << 6);
        addPanels(bytes, base + <usize>row * blockBytes, right, sums, rowBytes(row));
      }
    }
  }
}
