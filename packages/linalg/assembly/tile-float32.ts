import { multiplyAdd32 } from './multiply-add';
import { partialSums } from './team';

/** Columns of a panel: a panel holds [rows][8] float32, and is read as either operand of a product. */
export const panelColumns: i32 = 8;
/** Bytes of a row of a panel. */
export const panelRowBytes: usize = 32;

/** Rows whose products are summed in float32 before they go to float64 sums. */
export const blockRows: i32 = 256;
/** Bytes of a panel of so many rows. */
export const blockBytes: usize = <usize>blockRows * panelRowBytes;

/** Rows of a piece: its products are summed in registers, then pieces in float32, then blocks in float64. */
const pieceBytes: usize = 32 * panelRowBytes;

/** Adds four float32 to four float64. */
// @ts-ignore: decorator
@inline
export function addPromoted(at: usize, values: v128): void {
  v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(values)));
  const high = v128.shuffle<i64>(values, values, 1, 1);
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.promote_low_f32x4(high)), 16);
}

/** The same without SIMD. */
// @ts-ignore: decorator
@inline
export function addScalars(at: usize, c0: f32, c1: f32, c2: f32, c3: f32): void {
  store<f64>(at, load<f64>(at) + <f64>c0);
  store<f64>(at, load<f64>(at, 8) + <f64>c1, 8);
  store<f64>(at, load<f64>(at, 16) + <f64>c2, 16);
  store<f64>(at, load<f64>(at, 24) + <f64>c3, 24);
}

/**
 * Adds `left^T right`, four columns of a panel by the eight of another, to float64 sums: the products are
 * summed in float32, so callers give at most 256 rows at a time. In pieces of 32: each sum then rounds 32 + 8
 * times, not 256, for one more addition in 32.
 *
 * Eight accumulators: V8 has 15 vector registers to give, and a larger tile spills. Two steps a turn, with a
 * branch that is never taken between them, since V8 would else lift the second step's loads above the first
 * and spill.
 *
 * @param left Start of four columns in a panel; `end` is where their rows end. An even number of rows.
 * @param sums Float64 [4][8], rows `stride` bytes apart.
 */
export function addTile32(end: usize, left: usize, right: usize, sums: usize, stride: usize): void {
  if (!ASC_FEATURE_SIMD) {
    addScalarTile32(end, left, right, sums, stride);
    return;
  }
  const partial = partialSums();
  let begun = false;
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  while (true) {
    const stop = min(end, left + pieceBytes);
    while (true) {
    let b0 = v128.load(right);
    let b1 = v128.load(right, 16);
    let a = v128.load32_splat(left);
    c00 = multiplyAdd32(a, b0, c00);
    c01 = multiplyAdd32(a, b1, c01);
    a = v128.load32_splat(left, 4);
    c10 = multiplyAdd32(a, b0, c10);
    c11 = multiplyAdd32(a, b1, c11);
    a = v128.load32_splat(left, 8);
    c20 = multiplyAdd32(a, b0, c20);
    c21 = multiplyAdd32(a, b1, c21);
    a = v128.load32_splat(left, 12);
    c30 = multiplyAdd32(a, b0, c30);
    c31 = multiplyAdd32(a, b1, c31);
    if (!sums) break;
    b0 = v128.load(right, 32);
    b1 = v128.load(right, 48);
    a = v128.load32_splat(left, 32);
    c00 = multiplyAdd32(a, b0, c00);
    c01 = multiplyAdd32(a, b1, c01);
    a = v128.load32_splat(left, 36);
    c10 = multiplyAdd32(a, b0, c10);
    c11 = multiplyAdd32(a, b1, c11);
    a = v128.load32_splat(left, 40);
    c20 = multiplyAdd32(a, b0, c20);
    c21 = multiplyAdd32(a, b1, c21);
    a = v128.load32_splat(left, 44);
    c30 = multiplyAdd32(a, b0, c30);
    c31 = multiplyAdd32(a, b1, c31);
    right += 64;
    left += 64;
    if (left >= stop) break;
    }
    if (begun) {
      c00 = f32x4.add(v128.load(partial), c00);
      c01 = f32x4.add(v128.load(partial, 16), c01);
      c10 = f32x4.add(v128.load(partial, 32), c10);
      c11 = f32x4.add(v128.load(partial, 48), c11);
      c20 = f32x4.add(v128.load(partial, 64), c20);
      c21 = f32x4.add(v128.load(partial, 80), c21);
      c30 = f32x4.add(v128.load(partial, 96), c30);
      c31 = f32x4.add(v128.load(partial, 112), c31);
    }
    if (left >= end) break;
    v128.store(partial, c00);
    v128.store(partial, c01, 16);
    v128.store(partial, c10, 32);
    v128.store(partial, c11, 48);
    v128.store(partial, c20, 64);
    v128.store(partial, c21, 80);
    v128.store(partial, c30, 96);
    v128.store(partial, c31, 112);
    begun = true;
    c00 = f32x4.splat(0);
    c01 = c00;
    c10 = c00;
    c11 = c00;
    c20 = c00;
    c21 = c00;
    c30 = c00;
    c31 = c00;
  }
  addPromoted(sums, c00);
  addPromoted(sums + 32, c01);
  sums += stride;
  addPromoted(sums, c10);
  addPromoted(sums + 32, c11);
  sums += stride;
  addPromoted(sums, c20);
  addPromoted(sums + 32, c21);
  sums += stride;
  addPromoted(sums, c30);
  addPromoted(sums + 32, c31);
}

/** The same without SIMD, and to the bit: each sum is over the same rows in the same order. */
function addScalarTile32(end: usize, left: usize, right: usize, sums: usize, stride: usize): void {
  for (let row: usize = 0; row < 4; row++) {
    for (let column: usize = 0; column < 8; column += 4) {
      let c0: f32 = 0;
      let c1: f32 = 0;
      let c2: f32 = 0;
      let c3: f32 = 0;
      let b = right + (column << 2);
      let a = left + (row << 2);
      for (let piece = left; piece < end; piece += pieceBytes) {
        const stop = min(end, piece + pieceBytes);
        let p0: f32 = 0;
        let p1: f32 = 0;
        let p2: f32 = 0;
        let p3: f32 = 0;
        for (; a < stop; a += panelRowBytes, b += panelRowBytes) {
          const value = load<f32>(a);
          p0 += value * load<f32>(b);
          p1 += value * load<f32>(b, 4);
          p2 += value * load<f32>(b, 8);
          p3 += value * load<f32>(b, 12);
        }
        c0 += p0;
        c1 += p1;
        c2 += p2;
        c3 += p3;
      }
      addScalars(sums + row * stride + (column << 3), c0, c1, c2, c3);
    }
  }
}

/**
 * Adds `left^T right` of four columns and each of some panels, `panelBytes` apart, to float64 sums [4][panels
 * * 8].
 */
export function addQuad(
  end: usize,
  left: usize,
  right: usize,
  panelBytes: usize,
  panels: i32,
  sums: usize,
  stride: usize,
): void {
  for (let panel = 0; panel < panels; panel++) {
    addTile32(end, left, right, sums, stride);
    right += panelBytes;
    sums += 64;
  }
}
