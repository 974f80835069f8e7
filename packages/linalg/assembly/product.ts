import { barrier, join, nextTask, thread } from './team';
import { packQuad, quadRowBytes, subtractTile64 } from './tile-float64';

/** Numbers of the inner axis that are taken at a time. */
const innerAtOnce: i32 = 256;

/**
 * Takes `a b^T` from `to`, all float64.
 *
 * @param a [rows, inner]
 * @param b [columns, inner]
 * @param to [rows, columns]; rows and columns are multiples of 4, inner of 2.
 * @param room For (rows + 4 for each thread) * 256 float64.
 */
export function subtractProduct(
  number: i32,
  count: i32,
  sync: usize,
  a: usize,
  rows: i32,
  b: usize,
  columns: i32,
  inner: i32,
  to: usize,
  room: usize,
): void {
  join(sync, number, count);
  const stride = <usize>inner << 3;
  const quads = rows >> 2;
  const columnQuads = columns >> 2;
  const own = room + <usize>rows * (<usize>innerAtOnce << 3) + <usize>thread * (<usize>innerAtOnce << 5);
  for (let first = 0; first < inner; first += innerAtOnce) {
    const length = min(innerAtOnce, inner - first);
    const bytes = <usize>length * quadRowBytes;
    const start = <usize>first << 3;
    for (let quad = nextTask(); quad < quads; quad = nextTask()) {
      packQuad(a + <usize>(quad << 2) * stride + start, stride, length, room + <usize>quad * bytes);
    }
    barrier();
    for (let column = nextTask(); column < columnQuads; column = nextTask()) {
      packQuad(b + <usize>(column << 2) * stride + start, stride, length, own);
      for (let quad = 0; quad < quads; quad++) {
        const left = room + <usize>quad * bytes;
        const tile = to + ((<usize>(quad << 2) * <usize>columns + <usize>(column << 2)) << 3);
        subtractTile64(left + bytes, left, own, tile, <usize>columns << 3);
      }
    }
    barrier();
  }
}
