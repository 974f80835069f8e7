import { panelRowBytes } from './tile-float32';

/** An entry of a list: i32 bytes from the start of a panel to the row, float32 value. */
export const entryBytes: usize = 8;

/**
 * Goes on with the lists of what isn't zero in four columns of a panel, before the shift was taken off.
 *
 * @param panel The first of the four columns.
 * @param from Bytes from its start to the first row, `to` after the last.
 * @param shift Float32 [4]: what was taken off.
 * @param ends Int32: where the first column's list ends so far; those of the others are `stride` bytes apart.
 * Where they
 *   end then is written behind each.
 */
export function listQuad(panel: usize, from: usize, to: usize, shift: usize, ends: usize, stride: usize): void {
  const ends1 = ends + stride;
  const ends2 = ends1 + stride;
  const ends3 = ends2 + stride;
  const s0 = load<f32>(shift);
  const s1 = load<f32>(shift, 4);
  const s2 = load<f32>(shift, 8);
  const s3 = load<f32>(shift, 12);
  let p0 = <usize>load<i32>(ends);
  let p1 = <usize>load<i32>(ends1);
  let p2 = <usize>load<i32>(ends2);
  let p3 = <usize>load<i32>(ends3);
  for (let row = from; row < to; row += panelRowBytes) {
    const at = panel + row;
    p0 = append(p0, row, load<f32>(at) + s0);
    p1 = append(p1, row, load<f32>(at, 4) + s1);
    p2 = append(p2, row, load<f32>(at, 8) + s2);
    p3 = append(p3, row, load<f32>(at, 12) + s3);
  }
  store<i32>(ends, <i32>p0, 4);
  store<i32>(ends1, <i32>p1, 4);
  store<i32>(ends2, <i32>p2, 4);
  store<i32>(ends3, <i32>p3, 4);
}

/** Writes an entry; the next one overwrites that of a zero. No branch: it could not be foretold. */
// @ts-ignore: decorator
@inline
function append(list: usize, row: usize, value: f32): usize {
  const bits = reinterpret<i32>(value);
  store<i32>(list, <i32>row);
  store<i32>(list, bits, 4);
  // The sign is left out: -0 is zero too.
  return list + (<usize>(bits << 1 != 0)) * entryBytes;
}
