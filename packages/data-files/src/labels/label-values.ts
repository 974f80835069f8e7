import { invalid } from '../data-errors.js';
import type { SampleSource } from '../sample-source.js';
import type { OptionName } from '../source-options.js';
import type { LabelForm, LabelOptions } from './label-options.js';

/** The number of rows that are read at a time. */
const batchRows = 4096;

/**
 * Reads class indices from a source with one number per sample or with one-hot rows.
 *
 * @param classes The number of classes, if it is known.
 * @throws DATA_FILE_INVALID with the row, for a value that isn't a label.
 */
export async function classIndices(
  source: SampleSource,
  classes: number | undefined,
  optionName: OptionName,
): Promise<Int32Array> {
  const { name, count, sampleShape } = source;
  if (sampleShape.length > 1) {
    throw invalid(
      name,
      `holds samples of [${sampleShape.join(', ')}]: labels are one number a sample, or a one-hot row.`,
    );
  }
  const [width = 1] = sampleShape;
  if (width > 1 && classes !== undefined && width !== classes) {
    const choice = source.holds === 'numbers' ? ` Choose a column with ${optionName('labelColumn')}.` : '';
    throw invalid(
      name,
      `holds rows of ${width} numbers: a class, or one-hot rows of ${classes}, were expected.${choice}`,
    );
  }
  const labels = new Int32Array(count);
  let row = 0;
  for await (const numbers of source.read({
    ranges: [{ first: 0, end: count }],
    size: batchRows,
    signal: undefined,
  })) {
    for (let start = 0; start < numbers.length; start += width, row++) {
      labels[row] =
        width > 1
          ? hotIndex(name, numbers.subarray(start, start + width), `row ${row}, counted from 0`)
          : requireClass(name, numbers[start]!, `row ${row}, counted from 0`, classes);
    }
  }
  return labels;
}

/** The most classes that an Int32Array can distinguish. */
const mostClasses = 2 ** 31;

/**
 * @param place Describes the position of the label.
 * @throws DATA_FILE_INVALID for a value that isn't a class index.
 */
export function requireClass(name: string, label: number, place: string, classes = mostClasses): number {
  if (Number.isInteger(label) && label >= 0 && label < classes) return label;
  const last = classes === mostClasses ? '' : ` to ${classes - 1}`;
  throw invalid(
    name,
    `has the label ${label} in ${place}: whole numbers from 0${last} were expected. Number the classes from 0.`,
  );
}

/**
 * Whether all numbers of a source are 0 or 1, and whether every row is a single 1 among zeros.
 *
 * @param width The number of numbers in a row.
 */
export async function formOf(
  source: SampleSource,
  width: number,
): Promise<Pick<LabelForm, 'areBinary' | 'areOneHot'>> {
  const all = { ranges: [{ first: 0, end: source.count }], size: batchRows, signal: undefined };
  let form = { areBinary: true, areOneHot: width > 1 };
  for await (const numbers of source.read(all)) {
    const rows = Array.from({ length: numbers.length / width }, (_, row) =>
      numbers.subarray(row * width, (row + 1) * width),
    );
    const { areBinary, areOneHot } = formOfRows(rows);
    form = { areBinary: form.areBinary && areBinary, areOneHot: form.areOneHot && areOneHot };
    if (!form.areBinary) break;
  }
  return form;
}

/** Returns the same for rows in memory. */
export function formOfRows(rows: readonly ArrayLike<number>[]): Pick<LabelForm, 'areBinary' | 'areOneHot'> {
  return {
    areBinary: rows.every((row) => Array.prototype.every.call(row, isBinary)),
    areOneHot: rows.every((row) => row.length > 1 && hotPosition(row) !== undefined),
  };
}

const isBinary = (value: number): boolean => value === 0 || value === 1;

function hotPosition(row: ArrayLike<number>): number | undefined {
  const values = Array.from(row);
  const hot = values.indexOf(1);
  const isHot = hot >= 0 && values.every((value, position) => value === Number(position === hot));
  return isHot ? hot : undefined;
}

/** @throws DATA_FILE_INVALID for a row that isn't one-hot. */
export function hotIndex(name: string, row: ArrayLike<number>, place: string): number {
  const hot = hotPosition(row);
  if (hot !== undefined) return hot;
  throw invalid(
    name,
    `has no one-hot row as ${place}: a single 1 among zeros was expected. Save the classes' indices instead.`,
  );
}

/**
 * Reads regression targets, or a 0 or 1 for each of several labels, as float32 [count, outputs].
 *
 * @throws DATA_FILE_INVALID when the number of targets per sample differs, or a target isn't finite, or is
 *   neither 0 nor 1 for several labels.
 */
export async function targetValues(
  source: SampleSource,
  outputs: number,
  task: LabelOptions['task'],
): Promise<Float32Array> {
  const { name, count, sampleShape } = source;
  const width = sampleShape.reduce((product, length) => product * length, 1);
  if (width !== outputs) {
    throw invalid(
      name,
      `holds samples of [${sampleShape.join(', ')}]: ${outputs === 1 ? 'one number' : `${outputs} numbers`} a sample ${outputs === 1 ? 'was' : 'were'} expected.`,
    );
  }
  const values = new Float32Array(count * outputs);
  let filled = 0;
  for await (const numbers of source.read({
    ranges: [{ first: 0, end: count }],
    size: batchRows,
    signal: undefined,
  })) {
    values.set(numbers, filled);
    filled += numbers.length;
  }
  for (const [index, value] of values.entries()) {
    if (task === 'multiLabel' ? isBinary(value) : Number.isFinite(value)) continue;
    requireTarget(name, value, `row ${Math.floor(index / outputs)}, counted from 0`, task);
  }
  return values;
}

/** @throws DATA_FILE_INVALID for a value that isn't finite, or is neither 0 nor 1 for multi-label data. */
export function requireTarget(
  name: string,
  label: number,
  place: string,
  task: LabelOptions['task'],
): number {
  if (task !== 'multiLabel') return requireFinite(name, label, place);
  if (isBinary(label)) return label;
  throw invalid(
    name,
    `has the label ${label} in ${place}: 0 or 1 was expected for each label. Write 1 for a label that holds and 0 for one that doesn't.`,
  );
}

/** @throws DATA_FILE_INVALID for a value that isn't finite. */
function requireFinite(name: string, label: number, place: string): number {
  if (Number.isFinite(label)) return label;
  throw invalid(
    name,
    `has the label ${label} in ${place}: a finite number was expected. Fill it in, or leave the sample out.`,
  );
}

/**
 * Returns the index of the label of each image.
 *
 * @throws DATA_FILE_INVALID with the names of some images without one.
 */
export function requireLabelled(
  name: string,
  images: readonly string[],
  places: readonly (number | undefined)[],
): number[] {
  const without = images.filter((_, index) => places[index] === undefined);
  if (without.length === 0) return places.map(Number);
  const more = without.length > 3 ? ', ...' : '';
  throw invalid(
    name,
    `has no label, or more than one, for ${without.length} of ${images.length} images: ${without.slice(0, 3).join(', ')}${more}. One for each was expected.`,
  );
}
