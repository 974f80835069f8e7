import { join } from 'node:path';
import { invalid } from '../check/data-errors.js';
import { readDataFile } from '../check/data-file.js';
import type { Dataset } from '../dataset.js';
import { readNumberLines } from '../format/number-lines.js';
import { tableDataset } from './table-dataset.js';

const origin = {
  title: "Diabetes, scikit-learn's diabetes_data_raw.csv.gz and diabetes_target.csv.gz",
  address: 'https://github.com/scikit-learn/scikit-learn/tree/main/sklearn/datasets/data',
  licence: 'BSD-3; Efron, Hastie, Johnstone and Tibshirani 2004',
  hint: '442 rows',
};

const digests = {
  data: 'ec2683754c379fdffc39f53922c475eff67e2fb9c94c7c27207b7c4371d51726',
  target: '244713a551f62a291a354212d8a048adec6cb1244b2bc44e66a0698f5006d26d',
};

const columns = 10;

/**
 * 442 patients: 10 measures. The progression of the disease after a year is to be predicted.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function diabetes(path: string): Dataset {
  return readDiabetes(path, digests);
}

/**
 * As {@link diabetes}, from files of those digests.
 *
 * @param sha256 Undefined where any will do.
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function readDiabetes(path: string, sha256: typeof digests | undefined): Dataset {
  const folder = { path, origin };
  const read = (file: string, perLine: number, digest: string | undefined) =>
    readNumberLines(join(path, file), readDataFile(folder, file, digest), perLine);
  const measures = read('diabetes_data_raw.csv.gz', columns, sha256?.data);
  const targets = Array.from(read('diabetes_target.csv.gz', 1, sha256?.target));
  const rows = measures.length / columns;
  if (rows !== targets.length) {
    throw invalid(path, `holds ${rows} rows of measures and ${targets.length} of targets.`);
  }
  const inputs = targets.map((_, row) => Array.from(measures.subarray(row * columns, (row + 1) * columns)));
  return tableDataset({ inputs, targets }, { kind: 'regression', target: 'progression after a year' });
}
