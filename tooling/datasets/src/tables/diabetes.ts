import { join } from 'node:path';
import { type DataFolder, invalid, readDataFile } from '../check/data-file.js';
import type { Dataset } from '../dataset.js';
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

/**
 * 442 patients: 10 measures. The progression of the disease after a year is to be predicted.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function diabetes(path: string, sha256: typeof digests | undefined = digests): Dataset {
  const folder = { path, origin };
  const inputs = numbers(folder, 'diabetes_data_raw.csv.gz', 10, sha256?.data);
  const targets = numbers(folder, 'diabetes_target.csv.gz', 1, sha256?.target).flat();
  if (inputs.length !== targets.length) {
    throw invalid(path, `holds ${inputs.length} rows of measures and ${targets.length} of targets.`);
  }
  return tableDataset({ inputs, targets }, { kind: 'regression', target: 'progression after a year' });
}

function numbers(folder: DataFolder, file: string, perLine: number, sha256: string | undefined): number[][] {
  const lines = readDataFile(folder, file, sha256).toString('utf8').trimEnd().split('\n');
  return lines.map((line, index) => {
    const values = line.trim().split(/\s+/).map(Number);
    if (values.length !== perLine || !values.every(Number.isFinite)) {
      throw invalid(join(folder.path, file), `line ${index + 1} isn't ${perLine} numbers.`);
    }
    return values;
  });
}
