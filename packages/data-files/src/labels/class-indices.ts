import { invalid } from '../data-errors.js';
import type { OpenSource } from '../open-source.js';

/** Rows read at a time. */
const batchRows = 4096;

/**
 * Class indices from a source of one number a sample, or of a one-hot row.
 *
 * @param classes How many there are, if that is known.
 * @throws DATA_FILE_INVALID with the row, for what is no label.
 */
export async function classIndices(source: OpenSource, classes: number | undefined): Promise<Int32Array> {
  const { name, count, sampleShape } = source;
  if (sampleShape.length > 1) {
    throw invalid(
      name,
      `holds samples of [${sampleShape.join(', ')}]: labels are one number a sample, or a one-hot row.`,
    );
  }
  const [width = 1] = sampleShape;
  if (width > 1 && classes !== undefined && width !== classes) {
    throw invalid(name, `holds one-hot rows of ${width} classes: ${classes} were expected.`);
  }
  const labels = new Int32Array(count);
  let row = 0;
  for await (const numbers of source.read({ first: 0, end: count, size: batchRows, signal: undefined })) {
    for (let start = 0; start < numbers.length; start += width, row++) {
      labels[row] =
        width > 1
          ? hotIndex(name, numbers.subarray(start, start + width), row)
          : requireLabel(name, numbers[start]!, row, classes);
    }
  }
  return labels;
}

/** Of as many classes as an Int32Array can tell apart. */
const mostClasses = 2 ** 31;

function requireLabel(name: string, label: number, row: number, classes = mostClasses): number {
  if (Number.isInteger(label) && label >= 0 && label < classes) return label;
  const last = classes === mostClasses ? '' : ` to ${classes - 1}`;
  throw invalid(
    name,
    `has the label ${label} in row ${row}, counted from 0: whole numbers from 0${last} were expected. Number the classes from 0.`,
  );
}

function hotIndex(name: string, row: ArrayLike<number>, index: number): number {
  const values = Array.from(row);
  const hot = values.indexOf(1);
  if (hot >= 0 && values.every((value, position) => value === Number(position === hot))) return hot;
  throw invalid(
    name,
    `has no one-hot row as row ${index}, counted from 0: a single 1 among zeros was expected. Save the classes' indices instead.`,
  );
}
