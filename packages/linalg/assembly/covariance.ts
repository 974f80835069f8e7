import { barrier, join, nextTask } from './team';
import { rowOffset } from './triangle';

/** Rows of a task. */
const taskRows: i32 = 8;

/**
 * Writes rows of a covariance: `gram / count - rowMean mean^T`.
 *
 * @param rowMean Float64 for each row of the triangle: the mean of what its products were made of.
 * @param mean Float64 for each column of the triangle, likewise.
 * @param scale 1 / count.
 * @param rows Int32 for each row that is written, the row of the triangle that it is; `columns` likewise.
 * @param to Float64 [rowCount, columnCount]
 */
export function centerRows(
  number: i32,
  threadCount: i32,
  sync: usize,
  gram: usize,
  rowMean: usize,
  mean: usize,
  scale: f64,
  rows: usize,
  rowCount: i32,
  columns: usize,
  columnCount: i32,
  to: usize,
): void {
  join(sync, number, threadCount);
  const tasks = (rowCount + taskRows - 1) / taskRows;
  for (let task = nextTask(); task < tasks; task = nextTask()) {
    const first = task * taskRows;
    const few = min(taskRows, rowCount - first);
    for (let column = 0; column < columnCount; column++) {
      const right = load<i32>(columns + (<usize>column << 2));
      let at = to + ((<usize>first * <usize>columnCount + <usize>column) << 3);
      for (let row = first; row < first + few; row++) {
        const left = load<i32>(rows + (<usize>row << 2));
        const lower = <usize>max(left, right);
        const upper = <usize>min(left, right);
        const sum = load<f64>(gram + rowOffset(<i32>lower) + (upper << 3));
        store<f64>(at, sum * scale - load<f64>(rowMean + (lower << 3)) * load<f64>(mean + (upper << 3)));
        at += <usize>columnCount << 3;
      }
    }
  }
  barrier();
}
