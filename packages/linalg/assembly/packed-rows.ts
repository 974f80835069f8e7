import { entryBytes, listQuad } from './nonzeros';
import { blockBytes, blockRows, panelRowBytes } from './tile-float32';

const listBytes: usize = <usize>blockRows * entryBytes;

/** Columns of `[target | input]`, and panels that they take, either padded to whole ones. */
export let targetColumns: i32 = 0;
export let inputColumns: i32 = 0;
export let targetPanels: i32 = 0;
export let panelCount: i32 = 0;
/**
 * For each column of a panel, the one of the target or of the input that it holds, and what is taken off it.
 */
export let order: usize = 0;
export let shift: usize = 0;
export let sums: usize = 0;
/** Rows that are packed before their products are made, a multiple of a block's: no more than caches hold. */
export let passRows: i32 = 0;
export let scratch: usize = 0;
export let tiles: usize = 0;
/** The first four columns that are listed, counted in fours. */
export let firstListed: i32 = 0;
export let gram: usize = 0;
let panels: usize = 0;
let lists: usize = 0;
let ends: usize = 0;

/**
 * Tells each thread what `addRows` and `addPatches` add to, and where they have room.
 *
 * @param m Columns of targets; d: of inputs.
 * @param columnOrder Int32 for each padded column of `[target | input]`: its number there, -1 for padding.
 * @param shifts Float32 for each padded column.
 * @param columnSums Float64 for each padded column.
 * @param rowsOfPass Rows that are packed at a time, a multiple of 256.
 * @param ownSums Float64 [rowsOfPass / 32][padded columns].
 * @param ownTiles Room for 16 x 16 tiles of 8 x 8 float64 for each thread.
 * @param packed Room for packed rows, [block][panel][256][8] float32.
 * @param listedFrom First four columns that are listed by what isn't zero in them, counted in fours.
 * @param entries Room for a list for each listed column of 256 rows, whole panels of them: 256 * 8 bytes
 * each.
 * @param listEnds Int32 [lists][2]: where each list begins and ends.
 * @param triangle Float64, as triangle.ts has it.
 */
export function holdRows(
  number: i32,
  count: i32,
  sync: usize,
  m: i32,
  d: i32,
  columnOrder: usize,
  shifts: usize,
  columnSums: usize,
  rowsOfPass: i32,
  ownSums: usize,
  ownTiles: usize,
  packed: usize,
  listedFrom: i32,
  entries: usize,
  listEnds: usize,
  triangle: usize,
): void {
  targetColumns = m;
  inputColumns = d;
  targetPanels = (m + 7) >> 3;
  panelCount = targetPanels + ((d + 7) >> 3);
  order = columnOrder;
  shift = shifts;
  sums = columnSums;
  passRows = rowsOfPass;
  scratch = ownSums;
  tiles = ownTiles;
  panels = packed;
  firstListed = listedFrom;
  lists = entries;
  ends = listEnds;
  gram = triangle;
}

/** Where a panel of a block begins. */
// @ts-ignore: decorator
@inline
export function panelAt(block: i32, panel: i32): usize {
  return panels + <usize>(block * panelCount + panel) * blockBytes;
}

/** Panels of a block that have room for lists. */
export function listedPanels(): i32 {
  return panelCount - (firstListed >> 1);
}

/** The number of the first of a quad's four lists in a block. */
// @ts-ignore: decorator
@inline
function listOf(block: i32, quad: i32): usize {
  return <usize>(2 * block * listedPanels() + quad - (firstListed & ~1)) << 2;
}

/** Where the ends of a quad's four lists are: 8 bytes for each, where it begins and where it ends. */
// @ts-ignore: decorator
@inline
export function listEndsAt(block: i32, quad: i32): usize {
  return ends + (listOf(block, quad) << 3);
}

/** Lists the columns of a panel in a block of a pass; panels that aren't listed are not counted. */
export function listPanel(number: i32, rows: i32): void {
  const block = number / listedPanels();
  const panel = (firstListed >> 1) + (number % listedPanels());
  const few = <usize>min(blockRows, rows - block * blockRows);
  for (let quad = panel << 1; quad < (panel + 1) << 1; quad++) {
    const at = listEndsAt(block, quad);
    for (let column: usize = 0; column < 4; column++) {
      store<i32>(at + (column << 3), <i32>(lists + (listOf(block, quad) + column) * listBytes));
    }
    const first = panelAt(block, panel) + (<usize>(quad & 1) << 4);
    listQuad(first, 0, few * panelRowBytes, shift + (<usize>quad << 4), at, 8);
  }
}
