import { multiplyAdd64 } from './multiply-add';

/** Bytes of a row of a quad: a quad holds [inner][4] float64. */
export const quadRowBytes: usize = 32;

// @ts-ignore: decorator
@inline
function subtract(at: usize, values: v128): void {
  v128.store(at, f64x2.sub(v128.load(at), values));
}

/**
 * Takes `left right^T`, of two quads, from a float64 tile [4][4] whose rows are `stride` bytes apart.
 *
 * @param end Where the left quad ends. An even number of rows.
 */
export function subtractTile64(end: usize, left: usize, right: usize, tile: usize, stride: usize): void {
  if (!ASC_FEATURE_SIMD) {
    subtractScalarTile64(end, left, right, tile, stride);
    return;
  }
  let c00 = f64x2.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  while (true) {
    let b0 = v128.load(right);
    let b1 = v128.load(right, 16);
    let a = v128.load64_splat(left);
    c00 = multiplyAdd64(a, b0, c00);
    c01 = multiplyAdd64(a, b1, c01);
    a = v128.load64_splat(left, 8);
    c10 = multiplyAdd64(a, b0, c10);
    c11 = multiplyAdd64(a, b1, c11);
    a = v128.load64_splat(left, 16);
    c20 = multiplyAdd64(a, b0, c20);
    c21 = multiplyAdd64(a, b1, c21);
    a = v128.load64_splat(left, 24);
    c30 = multiplyAdd64(a, b0, c30);
    c31 = multiplyAdd64(a, b1, c31);
    if (!tile) break;
    b0 = v128.load(right, 32);
    b1 = v128.load(right, 48);
    a = v128.load64_splat(left, 32);
    c00 = multiplyAdd64(a, b0, c00);
    c01 = multiplyAdd64(a, b1, c01);
    a = v128.load64_splat(left, 40);
    c10 = multiplyAdd64(a, b0, c10);
    c11 = multiplyAdd64(a, b1, c11);
    a = v128.load64_splat(left, 48);
    c20 = multiplyAdd64(a, b0, c20);
    c21 = multiplyAdd64(a, b1, c21);
    a = v128.load64_splat(left, 56);
    c30 = multiplyAdd64(a, b0, c30);
    c31 = multiplyAdd64(a, b1, c31);
    right += 64;
    left += 64;
    if (left >= end) break;
  }
  subtract(tile, c00);
  subtract(tile + 16, c01);
  tile += stride;
  subtract(tile, c10);
  subtract(tile + 16, c11);
  tile += stride;
  subtract(tile, c20);
  subtract(tile + 16, c21);
  tile += stride;
  subtract(tile, c30);
  subtract(tile + 16, c31);
}

function subtractScalarTile64(end: usize, left: usize, right: usize, tile: usize, stride: usize): void {
  for (let row: usize = 0; row < 4; row++) {
    let c0: f64 = 0;
    let c1: f64 = 0;
    let c2: f64 = 0;
    let c3: f64 = 0;
    let b = right;
    for (let a = left + (row << 3); a < end; a += quadRowBytes, b += quadRowBytes) {
      const value = load<f64>(a);
      c0 += value * load<f64>(b);
      c1 += value * load<f64>(b, 8);
      c2 += value * load<f64>(b, 16);
      c3 += value * load<f64>(b, 24);
    }
    const at = tile + row * stride;
    store<f64>(at, load<f64>(at) - c0);
    store<f64>(at, load<f64>(at, 8) - c1, 8);
    store<f64>(at, load<f64>(at, 16) - c2, 16);
    store<f64>(at, load<f64>(at, 24) - c3, 24);
  }
}

/**
 * Copies four rows of a matrix into a quad [inner][4].
 *
 * @param source First number of the first row; rows are `stride` bytes apart.
 * @param inner Even.
 */
export function packQuad(source: usize, stride: usize, inner: i32, quad: usize): void {
  let r0 = source;
  let r1 = r0 + stride;
  let r2 = r1 + stride;
  let r3 = r2 + stride;
  for (let k = 0; k < inner; k += 2) {
    if (ASC_FEATURE_SIMD) {
      const a = v128.load(r0);
      const b = v128.load(r1);
      const c = v128.load(r2);
      const d = v128.load(r3);
      v128.store(quad, v128.shuffle<i64>(a, b, 0, 2));
      v128.store(quad, v128.shuffle<i64>(c, d, 0, 2), 16);
      v128.store(quad, v128.shuffle<i64>(a, b, 1, 3), 32);
      v128.store(quad, v128.shuffle<i64>(c, d, 1, 3), 48);
    } else {
      store<f64>(quad, load<f64>(r0));
      store<f64>(quad, load<f64>(r1), 8);
      store<f64>(quad, load<f64>(r2), 16);
      store<f64>(quad, load<f64>(r3), 24);
      store<f64>(quad, load<f64>(r0, 8), 32);
      store<f64>(quad, load<f64>(r1, 8), 40);
      store<f64>(quad, load<f64>(r2, 8), 48);
      store<f64>(quad, load<f64>(r3, 8), 56);
    }
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
    quad += 64;
  }
}
