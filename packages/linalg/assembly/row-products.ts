import { listedPanels, listPanel, panelCount, passRows, scratch, sums } from './packed-rows';
import { packFrom, takePatches, takeRows } from './row-source';
import { multiplyTiles } from './row-tiles';
import { barrier, join, nextTask } from './team';
import { blockRows } from './tile-float32';

/**
 * Rows of a packing task; sums of its columns are kept apart, so that the order of threads doesn't show in
 * them.
 */
const taskRows: i32 = 32;

/**
 * Adds the products of rows `[target | input]` to the lower triangle of their Gram matrix, as `holdRows` was
 * told.
 *
 * Products with one of the last columns, in which many zeros are expected, take only rows in which it isn't
 * zero. Nothing is taken off it there: sums of row r and column c <= r of the triangle are of (r - shift)(c -
 * shift), and of r (c - shift) where r is a listed one.
 *
 * @param x Float32 [rows, d]
 * @param z Float32 [rows, m]
 */
export function addRows(number: i32, count: i32, sync: usize, x: usize, z: usize, rows: i32): void {
  takeRows(x, z);
  addPasses(number, count, sync, rows);
}

/**
 * The same for the patches of a convolution.
 *
 * @param x Float32 [samples, pixels, channels]
 * @param z Float32 [samples, positions, m]
 * @param at Int32 [positions, taps]: the pixel that each tap of each position reads, -1 for padding.
 * @param patches Room for four patches for each thread, float32.
 */
export function addPatches(
  number: i32,
  count: i32,
  sync: usize,
  x: usize,
  z: usize,
  samples: i32,
  at: usize,
  positions: i32,
  taps: i32,
  channels: i32,
  pixels: i32,
  patches: usize,
): void {
  const own = patches + <usize>(number * taps * channels) * 16;
  takePatches(x, z, at, positions, taps, channels, pixels, own);
  addPasses(number, count, sync, samples * positions);
}

function addPasses(number: i32, count: i32, sync: usize, rows: i32): void {
  join(sync, number, count);
  for (let first = 0; first < rows; first += passRows) addPass(first, min(passRows, rows - first));
}

function addPass(begin: i32, rows: i32): void {
  const sumBytes = <usize>panelCount << 6;
  const packTasks = (rows + taskRows - 1) / taskRows;
  for (let task = nextTask(); task < packTasks; task = nextTask()) {
    const own = scratch + <usize>task * sumBytes;
    memory.fill(own, 0, sumBytes);
    packFrom(begin, task * taskRows, min((task + 1) * taskRows, rows), own);
  }
  barrier();
  const listTasks = ((rows + blockRows - 1) / blockRows) * listedPanels();
  const sumTasks = (panelCount + 15) >> 4;
  for (let task = nextTask(); task < listTasks + sumTasks; task = nextTask()) {
    if (task < listTasks) listPanel(task, rows);
    else reduceSums(task - listTasks, packTasks);
  }
  barrier();
  multiplyTiles(rows);
  barrier();
}

/** Adds up sums of sixteen panels. */
function reduceSums(group: i32, packTasks: i32): void {
  const stride = <usize>panelCount << 6;
  const end = min((group + 1) << 7, panelCount << 3);
  for (let column = group << 7; column < end; column++) {
    const at = <usize>column << 3;
    let sum = load<f64>(sums + at);
    for (let task = 0; task < packTasks; task++) sum += load<f64>(scratch + <usize>task * stride + at);
    store<f64>(sums + at, sum);
  }
}
