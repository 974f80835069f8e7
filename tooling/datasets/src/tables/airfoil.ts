import { join } from 'node:path';
import { readDataFile } from '../check/data-file.js';
import type { Dataset } from '../dataset.js';
import { readDelimitedRows } from '../format/delimited-rows.js';
import { numberIn } from '../format/number-columns.js';
import { tableDataset } from './table-dataset.js';

const origin = {
  title: 'Airfoil self-noise, as airfoil_self_noise.dat with a header',
  address: 'https://archive.ics.uci.edu/dataset/291',
  licence: 'CC BY 4.0',
  hint: '1,503 rows under the header X0 X1 X2 X3 X4 TARGET, between tabs; the file there has no header',
};

const file = 'airfoil_self_noise.dat';
// Of the copy that the experiments ran on: the split goes by the order of its rows.
const digest = '2d7d83523e01c42969bed6fb21b18f08c1569f5f23352c741f615b05447b3560';
const columns = ['X0', 'X1', 'X2', 'X3', 'X4'];

/**
 * 1,503 measurements in a wind tunnel: 5 numbers. The sound pressure level is to be predicted.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function airfoil(path: string): Dataset {
  return readAirfoil(path, digest);
}

/**
 * As {@link airfoil}, from a file of that digest.
 *
 * @param sha256 Undefined where any will do.
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function readAirfoil(path: string, sha256: string | undefined): Dataset {
  const table = join(path, file);
  const content = readDataFile({ path, origin }, file, sha256);
  const rows = readDelimitedRows(table, content, '\t', [...columns, 'TARGET']);
  return tableDataset(
    {
      inputs: rows.map((row, index) => columns.map((column) => numberIn(table, row, index, column))),
      targets: rows.map((row, index) => numberIn(table, row, index, 'TARGET')),
    },
    { kind: 'regression', target: 'sound pressure level, in dB' },
  );
}
