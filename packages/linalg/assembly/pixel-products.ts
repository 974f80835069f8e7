import { barrier, join, nextTask } from './team';
import { addPanels, addPromoted, panelRowBytes } from './tile-float32';

/** Rows whose products are summed in float32 before they go to float64 sums. */
const blockRows: i32 = 256;

/**
 * Packs images into panels of eight channels: [channel panel][place][sample][8], less a shift for each channel, and adds
 * up each pixel's channels over the samples.
 *
 * @param x Float32 [samples, pixels, channels]
 * @param places Int32 for each pixel: its place in a panel, so that pixels that are taken together lie together.
 * @param even Samples, made even by one of zeros.
 * @param shift Float32 for each padded channel.
 * @param sums Float64 [pixels, padded channels].
 */
export function packPixels(
  number: i32,
  count: i32,
  sync: usize,
  x: usize,
  samples: i32,
  even: i32,
  pixels: i32,
  channels: i32,
  places: usize,
  shift: usize,
  sums: usize,
  panels: usize,
): void {
  join(sync, number, count);
  const channelPanels = (channels + 7) >> 3;
  const imageBytes = <usize>pixels * (<usize>channels << 2);
  const placeBytes = <usize>even * panelRowBytes;
  for (let pixel = nextTask(); pixel < pixels; pixel = nextTask()) {
    const place = <usize>load<i32>(places + (<usize>pixel << 2)) * placeBytes;
    const source = x + <usize>pixel * (<usize>channels << 2);
    for (let panel = 0; panel < channelPanels; panel++) {
      const first = panel << 3;
      packPanel(
        source + (<usize>first << 2),
        imageBytes,
        samples,
        even,
        min(8, channels - first),
        shift + (<usize>first << 2),
        sums + ((<usize>(pixel * channelPanels + panel)) << 6),
        panels + <usize>panel * <usize>pixels * placeBytes + place,
      );
    }
  }
  barrier();
}

function packPanel(
  source: usize,
  stride: usize,
  samples: i32,
  even: i32,
  columns: i32,
  shift: usize,
  sums: usize,
  to: usize,
): void {
  if (ASC_FEATURE_SIMD && columns == 8) {
    const s0 = v128.load(shift);
    const s1 = v128.load(shift, 16);
    for (let sample = 0; sample < samples; sample++, source += stride, to += panelRowBytes) {
      const low = f32x4.sub(v128.load(source), s0);
      const high = f32x4.sub(v128.load(source, 16), s1);
      v128.store(to, low);
      v128.store(to, high, 16);
      addPromoted(sums, low);
      addPromoted(sums + 32, high);
    }
  } else {
    for (let sample = 0; sample < samples; sample++, source += stride, to += panelRowBytes) {
      for (let column = 0; column < 8; column++) {
        let value: f32 = 0;
        if (column < columns) value = load<f32>(source + (<usize>column << 2)) - load<f32>(shift + (<usize>column << 2));
        store<f32>(to + (<usize>column << 2), value);
        const sum = sums + (<usize>column << 3);
        store<f64>(sum, load<f64>(sum) + <f64>value);
      }
    }
  }
  if (even > samples) memory.fill(to, 0, panelRowBytes);
}

/**
 * Adds products of pixels with pixels, over samples and over runs of places that lie together.
 *
 * @param left Panels as `packPixels` makes them, [leftPanels][leftPlaces][even][8]; `right` likewise.
 * @param runs Int32 for each run: place on the left, place on the right, places, and which block it is added to.
 * @param groups Int32: the first run of each group, and the end of the last; a group's blocks are no other group's.
 * @param halves Int32 for each group: 1 where only the lower triangle is wanted, left and right being the same.
 * @param blocks Float64 [blocks][leftPanels * 8][rightPanels * 8].
 */
export function addRuns(
  number: i32,
  count: i32,
  sync: usize,
  left: usize,
  leftPanels: i32,
  leftPlaces: i32,
  right: usize,
  rightPanels: i32,
  rightPlaces: i32,
  even: i32,
  runs: usize,
  groups: usize,
  halves: usize,
  groupCount: i32,
  blocks: usize,
): void {
  join(sync, number, count);
  const placeBytes = <usize>even * panelRowBytes;
  const leftBytes = <usize>leftPlaces * placeBytes;
  const rightBytes = <usize>rightPlaces * placeBytes;
  const stride = <usize>rightPanels << 6;
  const blockBytes = <usize>(leftPanels << 3) * stride;
  const tasks = groupCount * leftPanels;
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const group = task / leftPanels;
    const panel = leftPanels - 1 - (task % leftPanels);
    const columns = load<i32>(halves + (<usize>group << 2)) ? panel + 1 : rightPanels;
    const end = load<i32>(groups + (<usize>group << 2), 4);
    for (let run = load<i32>(groups + (<usize>group << 2)); run < end; run++) {
      const entry = runs + (<usize>run << 4);
      const a = left + <usize>panel * leftBytes + <usize>load<i32>(entry) * placeBytes;
      const b = right + <usize>load<i32>(entry, 4) * placeBytes;
      const rows = load<i32>(entry, 8) * even;
      const sums = blocks + <usize>load<i32>(entry, 12) * blockBytes + <usize>(panel << 3) * stride;
      for (let first = 0; first < rows; first += blockRows) {
        const start = <usize>first * panelRowBytes;
        const bytes = <usize>min(blockRows, rows - first) * panelRowBytes;
        for (let column = 0; column < columns; column++) {
          addPanels(bytes, a + start, b + <usize>column * rightBytes + start, sums + (<usize>column << 6), stride);
        }
      }
    }
  }
  barrier();
}
