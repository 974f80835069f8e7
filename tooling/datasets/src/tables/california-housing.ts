import { join } from 'node:path';
import { readDataFile } from '../check/data-file.js';
import type { Dataset } from '../dataset.js';
import { readDelimitedRows } from '../format/delimited-rows.js';
import { numberIn, oneHotIn } from '../format/number-columns.js';
import { tableDataset } from './table-dataset.js';

const origin = {
  title: 'California housing with ocean proximity, as california_housing.csv',
  address: 'https://github.com/ageron/handson-ml2/tree/master/datasets/housing',
  licence: 'public; Pace and Barry 1997, StatLib',
  hint: 'housing.csv there has the 20,640 rows in another order, and prints 41.0 for 41',
};

const file = 'california_housing.csv';
// Of the copy that the experiments ran on: the split goes by the order of its rows.
const digest = '97eb68509f777355ae5e9377dfe60d3def994092bf6936b8d2846f987eb0bb75';
const proximities = ['<1H OCEAN', 'INLAND', 'ISLAND', 'NEAR BAY', 'NEAR OCEAN'];
const columns = [
  'longitude',
  'latitude',
  'housing_median_age',
  'total_rooms',
  'population',
  'households',
  'median_income',
];

/**
 * 20,640 districts: 8 numbers and where the ocean is, [13]. The median house value is to be predicted.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function californiaHousing(path: string): Dataset {
  return readCaliforniaHousing(path, digest);
}

/**
 * As {@link californiaHousing}, from a file of that digest.
 *
 * @param sha256 Undefined where any will do.
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function readCaliforniaHousing(path: string, sha256: string | undefined): Dataset {
  const table = join(path, file);
  const content = readDataFile({ path, origin }, file, sha256);
  const rows = readDelimitedRows(table, content, ',', [
    ...columns,
    'total_bedrooms',
    'ocean_proximity',
    'median_house_value',
  ]);
  return tableDataset(
    {
      inputs: rows.map((row, index) => [
        ...columns.map((column) => numberIn(table, row, index, column)),
        // Missing in 207 rows.
        row.total_bedrooms === '' ? Number.NaN : numberIn(table, row, index, 'total_bedrooms'),
        ...oneHotIn(table, row, index, 'ocean_proximity', proximities),
      ]),
      targets: rows.map((row, index) => numberIn(table, row, index, 'median_house_value')),
    },
    { kind: 'regression', target: 'median house value' },
  );
}
