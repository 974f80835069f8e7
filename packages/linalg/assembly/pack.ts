import { addPromoted, panelRowBytes } from './tile-float32';

/**
 * Packs one to four rows of numbers into panels, less a shift for each column, and adds them to the column sums.
 *
 * @param source First number of the first row; rows are `stride` bytes apart.
 * @param shift Float32 for each column.
 * @param sums Float64 for each column, padded to whole panels.
 * @param panels Where the first row goes in the first panel; panels are `panelBytes` apart. A lone last row is followed
 *   by one of zeros: products take rows two at a time.
 * @param filled A byte for each panel, set where it holds anything but zeros.
 */
export function packRows(
  source: usize,
  stride: usize,
  rows: i32,
  columns: i32,
  shift: usize,
  sums: usize,
  panels: usize,
  panelBytes: usize,
  filled: usize,
): void {
  let first = 0;
  if (ASC_FEATURE_SIMD && rows == 4) {
    first = columns & ~7;
    packFour(source, stride, columns >> 3, shift, sums, panels, panelBytes, filled);
  }
  const even = (rows + 1) & ~1;
  for (let column = first; column < ((columns + 7) & ~7); column++) {
    const panel = <usize>(column >> 3);
    const at = panels + panel * panelBytes + (<usize>(column & 7) << 2);
    if (column >= columns) {
      for (let row = 0; row < even; row++) store<f32>(at + <usize>row * panelRowBytes, 0);
      continue;
    }
    const taken = load<f32>(shift + (<usize>column << 2));
    let low: f32 = 0;
    let high: f32 = 0;
    let any = false;
    for (let row = 0; row < even; row++) {
      let value: f32 = 0;
      if (row < rows) value = load<f32>(source + <usize>row * stride + (<usize>column << 2)) - taken;
      if (value != 0) any = true;
      if (row < 2) low += value;
      else high += value;
      store<f32>(at + <usize>row * panelRowBytes, value);
    }
    const sum: f64 = low + high;
    if (any) store<u8>(filled + panel, 1);
    const total = sums + (<usize>column << 3);
    store<f64>(total, load<f64>(total) + sum);
  }
}

function packFour(
  x0: usize,
  stride: usize,
  panels: i32,
  shift: usize,
  sums: usize,
  to: usize,
  panelBytes: usize,
  filled: usize,
): void {
  let x1 = x0 + stride;
  let x2 = x1 + stride;
  let x3 = x2 + stride;
  for (let panel = 0; panel < panels; panel++) {
    const s0 = v128.load(shift);
    const s1 = v128.load(shift, 16);
    const a0 = f32x4.sub(v128.load(x0), s0);
    const a1 = f32x4.sub(v128.load(x0, 16), s1);
    const b0 = f32x4.sub(v128.load(x1), s0);
    const b1 = f32x4.sub(v128.load(x1, 16), s1);
    const c0 = f32x4.sub(v128.load(x2), s0);
    const c1 = f32x4.sub(v128.load(x2, 16), s1);
    const d0 = f32x4.sub(v128.load(x3), s0);
    const d1 = f32x4.sub(v128.load(x3, 16), s1);
    v128.store(to, a0);
    v128.store(to, a1, 16);
    v128.store(to, b0, 32);
    v128.store(to, b1, 48);
    v128.store(to, c0, 64);
    v128.store(to, c1, 80);
    v128.store(to, d0, 96);
    v128.store(to, d1, 112);
    const low = v128.or(v128.or(a0, b0), v128.or(c0, d0));
    const high = v128.or(v128.or(a1, b1), v128.or(c1, d1));
    if (v128.any_true(v128.or(low, high))) {
      store<u8>(filled, 1);
      addPromoted(sums, f32x4.add(f32x4.add(a0, b0), f32x4.add(c0, d0)));
      addPromoted(sums + 32, f32x4.add(f32x4.add(a1, b1), f32x4.add(c1, d1)));
    }
    x0 += 32;
    x1 += 32;
    x2 += 32;
    x3 += 32;
    shift += 32;
    sums += 64;
    to += panelBytes;
    filled++;
  }
}
