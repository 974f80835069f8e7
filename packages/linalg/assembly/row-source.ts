import { packRows } from './pack';
import { inputColumns, order, panelAt, panelCount, shift, targetColumns, targetPanels } from './packed-rows';
import { blockBytes, blockRows, panelRowBytes } from './tile-float32';

/** Float32 matrices, row-major. */
let inputs: usize = 0;
let targets: usize = 0;
/** Of a convolution: null where inputs are rows. */
let offsets: usize = 0;
let positions: i32 = 0;
let taps: i32 = 0;
let channels: i32 = 0;
let pixels: i32 = 0;
/** This thread's room for four patches. */
let patches: usize = 0;

/** Rows are as they lie. */
export function takeRows(x: usize, z: usize): void {
  inputs = x;
  targets = z;
  offsets = 0;
}

/** Rows are patches, laid out as they are packed: parameters as `addPatches` has them. */
export function takePatches(
  x: usize,
  z: usize,
  at: usize,
  positionCount: i32,
  tapCount: i32,
  channelCount: i32,
  pixelCount: i32,
  room: usize,
): void {
  inputs = x;
  targets = z;
  offsets = at;
  positions = positionCount;
  taps = tapCount;
  channels = channelCount;
  pixels = pixelCount;
  patches = room;
}

/**
 * Packs rows of a pass, four at a time.
 *
 * @param begin The pass's first row; `first` and `last` are counted from it.
 * @param sums Float64 for each padded column.
 */
export function packFrom(begin: i32, first: i32, last: i32, sums: usize): void {
  const inputStride = <usize>inputColumns << 2;
  const targetStride = <usize>targetColumns << 2;
  const skipped = <usize>targetPanels;
  for (let row = first; row < last; row += 4) {
    const few = min(4, last - row);
    const to = panelAt(row / blockRows, 0) + <usize>(row % blockRows) * panelRowBytes;
    const at = begin + row;
    packRows(targets + <usize>at * targetStride, targetStride, few, targetPanels, order, shift, sums, to, blockBytes);
    let source = inputs + <usize>at * inputStride;
    if (offsets) {
      for (let index = 0; index < few; index++) layOut(at + index, patches + <usize>index * inputStride);
      source = patches;
    }
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
