import { join } from 'node:path';
import { readDataFile } from '../check/data-file.js';
import type { Dataset } from '../dataset.js';
import { readDelimitedRows } from '../format/delimited-rows.js';
import { numberIn, oneHotIn } from '../format/number-columns.js';
import { type NumberTable, tableDataset } from './table-dataset.js';

const origin = {
  title: 'Abalone, as abalone.csv with a header',
  address: 'https://archive.ics.uci.edu/dataset/1',
  licence: 'CC BY 4.0',
  hint: '4,176 rows under the header sex,length,diameter,height,weight.w,weight.s,weight.v,weight.sh,rings; abalone.data there has no header and one row more',
};

const file = 'abalone.csv';
// Of the copy that the experiments ran on: the split goes by the order of its rows.
const digest = 'ffcdfd7eb2758d9bfdc675d4b80b1be22bc68dd497c2df96f7e384ac5b090527';
const columns = ['length', 'diameter', 'height', 'weight.w', 'weight.s', 'weight.v', 'weight.sh'];

/**
 * 4,176 shells: sex and 7 measures, [10]. The number of rings is to be predicted.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function abalone(path: string): Dataset {
  return readAbalone(path, digest);
}

/**
 * The same shells in the usual three classes of age: up to 8 rings, 9 or 10, more.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function abaloneAge(path: string): Dataset {
  return readAbaloneAge(path, digest);
}

/**
 * As {@link abalone}, from a file of that digest.
 *
 * @param sha256 Undefined where any will do.
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function readAbalone(path: string, sha256: string | undefined): Dataset {
  return tableDataset(readTable(path, sha256), { kind: 'regression', target: 'rings' });
}

/**
 * As {@link abaloneAge}, from a file of that digest.
 *
 * @param sha256 Undefined where any will do.
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function readAbaloneAge(path: string, sha256: string | undefined): Dataset {
  const { inputs, targets } = readTable(path, sha256);
  return tableDataset(
    { inputs, targets: targets.map((rings) => (rings <= 8 ? 0 : rings <= 10 ? 1 : 2)) },
    { kind: 'classification', classes: ['1 to 8 rings', '9 or 10 rings', '11 rings or more'] },
  );
}

function readTable(path: string, sha256: string | undefined): NumberTable {
  const table = join(path, file);
  const content = readDataFile({ path, origin }, file, sha256);
  const rows = readDelimitedRows(table, content, ',', ['sex', ...columns, 'rings']);
  return {
    inputs: rows.map((row, index) => [
      ...oneHotIn(table, row, index, 'sex', ['F', 'I', 'M']),
      ...columns.map((column) => numberIn(table, row, index, column)),
    ]),
    targets: rows.map((row, index) => numberIn(table, row, index, 'rings')),
  };
}
