import { multiplyAdd32 } from './multiply-add';
import { entryBytes } from './nonzeros';
import { partialSums } from './team';
import { addPromoted, addScalars, blockBytes } from './tile-float32';

/** Entries of a piece: its products are summed in registers, then pieces in float32, then all in float64. */
const pieceBytes: usize = 32 * entryBytes;

/** Panels whose products with a list are made at once. */
export const groupPanels: i32 = 4;

/**
 * Adds the products of four lists and of the rows of one to four panels to float64 sums [4][panels * 8].
 *
 * @param ends Int32: where the first list begins; `span` bytes behind, where it ends. Those of the others are
 * `apart` bytes
 *   apart.
 * @param right The first panel; panels are `panelBytes` apart.
 */
export function addLists(
  ends: usize,
  apart: usize,
  span: usize,
  right: usize,
  panelBytes: usize,
  panels: i32,
  sums: usize,
  stride: usize,
): void {
  for (let list = 0; list < 4; list++) {
    addList(<usize>load<i32>(ends), <usize>load<i32>(ends + span), right, panelBytes, panels, sums);
    ends += apart;
    sums += stride;
  }
}

/**
 * Adds the products of a list's entries and of the rows of one to four panels to float64 sums: callers give
 * at most 256 entries at a time.
 *
 * @param list Entries as `listQuad` makes them; `end` is after the last.
 * @param right The first panel; panels are `panelBytes` apart.
 * @param sums Float64 [panels * 8]
 */
function addList(list: usize, end: usize, right: usize, panelBytes: usize, panels: i32, sums: usize): void {
  if (list >= end) return;
  if (!ASC_FEATURE_SIMD) addScalarList(list, end, right, panelBytes, panels, sums);
  else if (panels == 4 && panelBytes == blockBytes) addListTo(4, true, list, end, right, panelBytes, sums);
  else if (panels == 4) addListTo(4, false, list, end, right, panelBytes, sums);
  else if (panels == 3) addListTo(3, false, list, end, right, panelBytes, sums);
  else if (panels == 2) addListTo(2, false, list, end, right, panelBytes, sums);
  else addListTo(1, false, list, end, right, panelBytes, sums);
}

/**
 * Written once for all widths: the compiler leaves out what a width doesn't have.
 *
 * Eight accumulators, as in `addTile32`, and a branch that is never taken halfway, since V8 would else lift
 * all eight loads above the sums and spill one of them. It hangs on a number that was loaded: one that
 * doesn't change would be taken out of the loop.
 *
 * @param usual Whether `panelBytes` is `blockBytes`: loads then need no sums for their addresses.
 */
// @ts-ignore: decorator
@inline
function addListTo(panels: i32, usual: bool, list: usize, end: usize, right: usize, panelBytes: usize, sums: usize): void {
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
    const stop = min(end, list + pieceBytes);
    do {
      const a = v128.load32_splat(list, 4);
      const row = load<i32>(list);
      let b = right + <usize>row;
      c00 = multiplyAdd32(a, v128.load(b), c00);
      c01 = multiplyAdd32(a, v128.load(b, 16), c01);
      if (panels > 1) {
        if (!usual) b += panelBytes;
        c10 = multiplyAdd32(a, usual ? v128.load(b, 1 * blockBytes) : v128.load(b), c10);
        c11 = multiplyAdd32(a, usual ? v128.load(b, 1 * blockBytes + 16) : v128.load(b, 16), c11);
      }
      if (panels > 2) {
        if (row < 0) break;
        if (!usual) b += panelBytes;
        c20 = multiplyAdd32(a, usual ? v128.load(b, 2 * blockBytes) : v128.load(b), c20);
        c21 = multiplyAdd32(a, usual ? v128.load(b, 2 * blockBytes + 16) : v128.load(b, 16), c21);
      }
      if (panels > 3) {
        if (!usual) b += panelBytes;
        c30 = multiplyAdd32(a, usual ? v128.load(b, 3 * blockBytes) : v128.load(b), c30);
        c31 = multiplyAdd32(a, usual ? v128.load(b, 3 * blockBytes + 16) : v128.load(b, 16), c31);
      }
      list += entryBytes;
    } while (list < stop);
    if (begun) {
      c00 = f32x4.add(v128.load(partial), c00);
      c01 = f32x4.add(v128.load(partial, 16), c01);
      if (panels > 1) {
        c10 = f32x4.add(v128.load(partial, 32), c10);
        c11 = f32x4.add(v128.load(partial, 48), c11);
      }
      if (panels > 2) {
        c20 = f32x4.add(v128.load(partial, 64), c20);
        c21 = f32x4.add(v128.load(partial, 80), c21);
      }
      if (panels > 3) {
        c30 = f32x4.add(v128.load(partial, 96), c30);
        c31 = f32x4.add(v128.load(partial, 112), c31);
      }
    }
    if (list >= end) break;
    v128.store(partial, c00);
    v128.store(partial, c01, 16);
    if (panels > 1) {
      v128.store(partial, c10, 32);
      v128.store(partial, c11, 48);
    }
    if (panels > 2) {
      v128.store(partial, c20, 64);
      v128.store(partial, c21, 80);
    }
    if (panels > 3) {
      v128.store(partial, c30, 96);
      v128.store(partial, c31, 112);
    }
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
  if (panels > 1) {
    addPromoted(sums + 64, c10);
    addPromoted(sums + 96, c11);
  }
  if (panels > 2) {
    addPromoted(sums + 128, c20);
    addPromoted(sums + 160, c21);
  }
  if (panels > 3) {
    addPromoted(sums + 192, c30);
    addPromoted(sums + 224, c31);
  }
}

/** The same without SIMD, and to the bit: each sum is over the same entries in the same order. */
function addScalarList(
  list: usize,
  end: usize,
  right: usize,
  panelBytes: usize,
  panels: i32,
  sums: usize,
): void {
  for (let half = 0; half < 2 * panels; half++) {
    const b = right + <usize>(half >> 1) * panelBytes + (<usize>(half & 1) << 4);
    let c0: f32 = 0;
    let c1: f32 = 0;
    let c2: f32 = 0;
    let c3: f32 = 0;
    for (let piece = list; piece < end; piece += pieceBytes) {
      const stop = min(end, piece + pieceBytes);
      let p0: f32 = 0;
      let p1: f32 = 0;
      let p2: f32 = 0;
      let p3: f32 = 0;
      for (let entry = piece; entry < stop; entry += entryBytes) {
        const value = load<f32>(entry, 4);
        const row = b + <usize>load<i32>(entry);
        p0 += value * load<f32>(row);
        p1 += value * load<f32>(row, 4);
        p2 += value * load<f32>(row, 8);
        p3 += value * load<f32>(row, 12);
      }
      c0 += p0;
      c1 += p1;
      c2 += p2;
      c3 += p3;
    }
    addScalars(sums + (<usize>half << 5), c0, c1, c2, c3);
  }
}
