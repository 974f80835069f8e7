import { addPromoted, panelRowBytes } from './tile-float32';

/**
 * Packs one to four rows of numbers into panels, less a shift for each column, and adds them to the column
 * sums.
 *
 * @param source First number of the first row; rows are `stride` bytes apart.
 * @param panelCount Panels that the row goes to.
 * @param columns Int32 for each column of a panel: its number in the row, -1 for one of zeros, which come
 * last.
 * @param shift Float32 for each column of a panel.
 * @param sums Float64 for each column of a panel.
 * @param to Where the first row goes in the first panel; panels are `panelBytes` apart. A lone last row is
 * followed
 *   by one of zeros: products take rows two at a time.
 */
export function packRows(
  source: usize,
  stride: usize,
  rows: i32,
  panelCount: i32,
  columns: usize,
  shift: usize,
  sums: usize,
  to: usize,
  panelBytes: usize,
): void {
  for (let panel = 0; panel < panelCount; panel++) {
    if (ASC_FEATURE_SIMD && rows == 4 && load<i32>(columns, 28) >= 0) {
      packQuadOfFour(source, stride, columns, shift, sums, to);
      packQuadOfFour(source, stride, columns + 16, shift + 16, sums + 32, to + 16);
    } else {
      packFew(source, stride, rows, columns, shift, sums, to);
    }
    columns += 32;
    shift += 32;
    sums += 64;
    to += panelBytes;
  }
}

function packFew(
  source: usize,
  stride: usize,
  rows: i32,
  columns: usize,
  shift: usize,
  sums: usize,
  to: usize,
): void {
  const even = (rows + 1) & ~1;
  for (let column: usize = 0; column < 8; column++, to += 4) {
    const number = load<i32>(columns + (column << 2));
    const taken = load<f32>(shift + (column << 2));
    let low: f32 = 0;
    let high: f32 = 0;
    for (let row = 0; row < even; row++) {
      let value: f32 = 0;
      if (row < rows && number >= 0) value = load<f32>(source + <usize>row * stride + (<usize>number << 2)) - taken;
      if (row < 2) low += value;
      else high += value;
      store<f32>(to + <usize>row * panelRowBytes, value);
    }
    const sum = sums + (column << 3);
    store<f64>(sum, load<f64>(sum) + <f64>(low + high));
  }
}

/** Four columns of four rows. */
// @ts-ignore: decorator
@inline
function packQuadOfFour(
  source: usize,
  stride: usize,
  columns: usize,
  shift: usize,
  sums: usize,
  to: usize,
): void {
  const taken = v128.load(shift);
  const x0 = source + (<usize>load<i32>(columns) << 2);
  const x1 = source + (<usize>load<i32>(columns, 4) << 2);
  const x2 = source + (<usize>load<i32>(columns, 8) << 2);
  const x3 = source + (<usize>load<i32>(columns, 12) << 2);
  const a = f32x4.sub(gathered(x0, x1, x2, x3), taken);
  const b = f32x4.sub(gathered(x0 + stride, x1 + stride, x2 + stride, x3 + stride), taken);
  const two = stride << 1;
  const c = f32x4.sub(gathered(x0 + two, x1 + two, x2 + two, x3 + two), taken);
  const three = two + stride;
  const d = f32x4.sub(gathered(x0 + three, x1 + three, x2 + three, x3 + three), taken);
  v128.store(to, a);
  v128.store(to, b, 32);
  v128.store(to, c, 64);
  v128.store(to, d, 96);
  addPromoted(sums, f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
}

// @ts-ignore: decorator
@inline
export function gathered(x0: usize, x1: usize, x2: usize, x3: usize): v128 {
  let values = v128.load32_zero(x0);
  values = v128.load32_lane(x1, values, 1);
  values = v128.load32_lane(x2, values, 2);
  return v128.load32_lane(x3, values, 3);
}
