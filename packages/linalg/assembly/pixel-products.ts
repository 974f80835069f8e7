import { entryBytes, listQuad } from './nonzeros';
import { gathered } from './pack';
import { barrier, join, nextTask } from './team';
import { addPromoted, addQuad, blockRows, panelRowBytes } from './tile-float32';
import { addLists, groupPanels } from './tile-sparse';

/**
 * Packs images into panels of eight channels: [channel panel][place][sample][8], less a shift for each
 * channel, and adds up each pixel's channels over the samples.
 *
 * @param x Float32 [samples, pixels, channels]
 * @param places Int32 for each pixel: its place in a panel, so that pixels that are taken together lie
 * together.
 * @param even Samples, made even by one of zeros.
 * @param order Int32 for each channel of a panel: its number in the image, -1 for one of zeros.
 * @param shift Float32 for each channel of a panel.
 * @param sums Float64 [pixels, channels of panels].
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
  order: usize,
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
        source,
        imageBytes,
        samples,
        even,
        order + (<usize>first << 2),
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
  order: usize,
  shift: usize,
  sums: usize,
  to: usize,
): void {
  if (ASC_FEATURE_SIMD && load<i32>(order, 28) >= 0) {
    for (let half: usize = 0; half < 2; half++) {
      const channels = order + (half << 4);
      const taken = v128.load(shift + (half << 4));
      let x0 = source + (<usize>load<i32>(channels) << 2);
      let x1 = source + (<usize>load<i32>(channels, 4) << 2);
      let x2 = source + (<usize>load<i32>(channels, 8) << 2);
      let x3 = source + (<usize>load<i32>(channels, 12) << 2);
      let at = to + (half << 4);
      for (let sample = 0; sample < samples; sample++) {
        const values = f32x4.sub(gathered(x0, x1, x2, x3), taken);
        v128.store(at, values);
        addPromoted(sums + (half << 5), values);
        x0 += stride;
        x1 += stride;
        x2 += stride;
        x3 += stride;
        at += panelRowBytes;
      }
    }
  } else {
    let row = source;
    let at = to;
    for (let sample = 0; sample < samples; sample++, row += stride, at += panelRowBytes) {
      for (let column: usize = 0; column < 8; column++) {
        const channel = load<i32>(order + (column << 2));
        let value: f32 = 0;
        if (channel >= 0) value = load<f32>(row + (<usize>channel << 2)) - load<f32>(shift + (column << 2));
        store<f32>(at + (column << 2), value);
        const sum = sums + (column << 3);
        store<f64>(sum, load<f64>(sum) + <f64>value);
      }
    }
  }
  if (even > samples) memory.fill(to + <usize>samples * panelRowBytes, 0, panelRowBytes);
}

/**
 * Lists what isn't zero in the channels from a quad on, place by place.
 *
 * @param panels As `packPixels` makes them, of `places` places.
 * @param shift Float32 for each channel of a panel.
 * @param lists Room for places * even entries of 8 bytes for each channel that is listed.
 * @param ends Int32 [listed channels][places + 1]: where the entries of each place begin, and end.
 */
export function listPixels(
  number: i32,
  count: i32,
  sync: usize,
  panels: usize,
  channelPanels: i32,
  places: i32,
  samples: i32,
  even: i32,
  firstListed: i32,
  shift: usize,
  lists: usize,
  ends: usize,
): void {
  join(sync, number, count);
  const placeBytes = <usize>even * panelRowBytes;
  const panelBytes = <usize>places * placeBytes;
  const listBytes = <usize>places * <usize>even * entryBytes;
  const endBytes = <usize>(places + 1) << 2;
  const tasks = 2 * channelPanels - firstListed;
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const quad = firstListed + task;
    const panel = panels + <usize>(quad >> 1) * panelBytes + (<usize>(quad & 1) << 4);
    const first = <usize>task << 2;
    let at = ends + first * endBytes;
    for (let channel: usize = 0; channel < 4; channel++) {
      store<i32>(at + channel * endBytes, <i32>(lists + (first + channel) * listBytes));
    }
    for (let place: usize = 0; place < <usize>places; place++, at += 4) {
      const row = place * placeBytes;
      listQuad(panel, row, row + <usize>samples * panelRowBytes, shift + (<usize>quad << 4), at, endBytes);
    }
  }
  barrier();
}

/**
 * Adds products of pixels with pixels, over samples and over runs of places that lie together. Channels on
 * the left that are listed take only what isn't zero in them, and nothing is taken off them.
 *
 * @param left Panels as `packPixels` makes them, [leftPanels][leftPlaces][even][8]; `right` likewise.
 * @param firstListed First four channels on the left that are listed, counted in fours.
 * @param ends Of the lists, as `listPixels` writes them.
 * @param runs Int32 for each run: place on the left, place on the right, places, and which block it is added
 * to.
 * @param groups Int32: the first run of each group, and the end of the last; a group's blocks are no other
 * group's.
 * @param halves Int32 for each group: 1 where only the lower triangle is wanted, left and right being the
 * same.
 * @param blocks Float64 [blocks][leftPanels * 8][rightPanels * 8].
 */
export function addRuns(
  number: i32,
  count: i32,
  sync: usize,
  left: usize,
  leftPanels: i32,
  leftPlaces: i32,
  firstListed: i32,
  ends: usize,
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
  const endBytes = <usize>(leftPlaces + 1) << 2;
  const stride = <usize>rightPanels << 6;
  const blockBytes = <usize>(leftPanels << 3) * stride;
  // Products of so many places at a time are summed in float32.
  const placesAtOnce = max(1, blockRows / even);
  const tasks = groupCount * leftPanels;
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const group = task / leftPanels;
    const panel = task % leftPanels;
    const columns = load<i32>(halves + (<usize>group << 2)) ? panel + 1 : rightPanels;
    const end = load<i32>(groups + (<usize>group << 2), 4);
    for (let run = load<i32>(groups + (<usize>group << 2)); run < end; run++) {
      const entry = runs + (<usize>run << 4);
      const last = load<i32>(entry) + load<i32>(entry, 8);
      const lag = load<i32>(entry, 4) - load<i32>(entry);
      const block = blocks + <usize>load<i32>(entry, 12) * blockBytes + <usize>(panel << 3) * stride;
      for (let place = load<i32>(entry); place < last; place += placesAtOnce) {
        const few = min(placesAtOnce, last - place);
        for (let column = 0; column < columns; column += groupPanels) {
          const width = min(groupPanels, columns - column);
          const other = right + <usize>column * rightBytes;
          for (let quad = panel << 1; quad < (panel + 1) << 1; quad++) {
            const sums = block + (<usize>(quad & 1) << 2) * stride + (<usize>column << 6);
            if (quad < firstListed) {
              const a = left + <usize>panel * leftBytes + <usize>place * placeBytes + (<usize>(quad & 1) << 4);
              const b = other + <usize>(place + lag) * placeBytes;
              addQuad(a + <usize>few * placeBytes, a, b, rightBytes, width, sums, stride);
            } else {
              const at = ends + <usize>((quad - firstListed) << 2) * endBytes + (<usize>place << 2);
              const b = other + <usize>lag * placeBytes;
              addLists(at, endBytes, <usize>few << 2, b, rightBytes, width, sums, stride);
            }
          }
        }
      }
    }
  }
  barrier();
}
