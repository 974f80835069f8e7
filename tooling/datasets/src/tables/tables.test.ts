import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { folderWith } from '@fuseinit/test-inputs/folders';
import { expect, test } from 'vitest';
import { sha256Of } from '../check/digest.js';
import type { Samples } from '../dataset.js';
import { refusal } from '../testing-support/refusal.test-support.js';
import { abalone, abaloneAge, readAbalone, readAbaloneAge } from './abalone.js';
import { airfoil, readAirfoil } from './airfoil.js';
import { californiaHousing, readCaliforniaHousing } from './california-housing.js';
import { diabetes, readDiabetes } from './diabetes.js';

const rows = Array.from({ length: 40 }, (_, row) => row);

const shells = [
  'sex,length,diameter,height,weight.w,weight.s,weight.v,weight.sh,rings',
  ...rows.map(
    (row) => `${'FIM'[row % 3]},${[1, 2, 3, 4, 5, 6, 7].map((k) => row * k + (row % k)).join()},${row}`,
  ),
].join('\n');

const districts = [
  'longitude,latitude,housing_median_age,total_rooms,total_bedrooms,population,households,median_income,median_house_value,ocean_proximity',
  ...rows.map(
    (row) =>
      `-${120 + row},${row},${row},${row},${row === 3 ? '' : row},${row},${row},${row},${1000 * row},${['INLAND', '<1H OCEAN', 'NEAR BAY', 'NEAR OCEAN', 'ISLAND'][row % 5]}`,
  ),
].join('\n');

const foils = ['X0\tX1\tX2\tX3\tX4\tTARGET', ...rows.map((row) => [row, 1, 2, row, 3, -row].join('\t'))].join(
  '\n',
);

const patients = {
  'diabetes_data_raw.csv.gz': gzipSync(
    rows.map((row) => [row, 1, 2, 3, 4, 5, 6, 7, 8, -row].join(' ')).join('\n'),
  ),
  'diabetes_target.csv.gz': gzipSync(rows.map((row) => 2 * row).join('\n')),
};

/** A column of a set's inputs. */
const column = ({ inputs, inputShape }: Samples, index: number) =>
  inputs.filter((_, position) => position % inputShape[0]! === index);

/** The rows of the table that the first set holds, by a column that rises with them. */
const rowsOf = (of: Samples, other: Samples, rising: number) => {
  const sorted = [...column(of, rising), ...column(other, rising)].sort((a, b) => a - b);
  return [...column(of, rising)].map((value) => sorted.indexOf(value));
};

/**
 * Which of some columns, that are 1 in one place and 0 elsewhere before they are standardised, is 1 in each
 * row.
 */
const hotOf = ({ inputs, inputShape, count }: Samples, first: number, end: number) =>
  Array.from({ length: count }, (_, row) => {
    const values = inputs.subarray(row * inputShape[0]! + first, row * inputShape[0]! + end);
    expect(values.filter((value) => value > 0).length).toBe(1);
    return values.findIndex((value) => value > 0);
  });

test('abalone has the sex as three columns, the measures, and the rings to predict', () => {
  const { task, train, test } = readAbalone(folderWith({ 'abalone.csv': shells }), undefined);
  expect(task).toEqual({ kind: 'regression', target: 'rings' });
  expect([train.count, test.count, train.inputShape]).toEqual([32, 8, [10]]);
  // The first measure is the number of the row, as the target is: standardised, they are the same.
  expect([...column(train, 3)]).toEqual([...train.targets]);
  // F, I and M, in this order.
  expect(hotOf(train, 0, 3)).toEqual(rowsOf(train, test, 3).map((row) => row % 3));
});

test('abalone-age has the same inputs in three classes', () => {
  const path = folderWith({ 'abalone.csv': shells });
  const { task, train, test } = readAbaloneAge(path, undefined);
  expect(task).toMatchObject({ kind: 'classification', classes: { length: 3 } });
  const count = (label: number) =>
    [...train.targets, ...test.targets].filter((target) => target === label).length;
  // Rows have 0 to 39 rings: 9 of up to 8, 2 of 9 or 10, 29 of more.
  expect([count(0), count(1), count(2)]).toEqual([9, 2, 29]);
  expect(train.inputs).toEqual(readAbalone(path, undefined).train.inputs);
});

test('California housing has 8 numbers and the ocean as five columns', () => {
  const path = folderWith({ 'california_housing.csv': districts });
  const { task, train, test } = readCaliforniaHousing(path, undefined);
  expect(task.kind).toBe('regression');
  expect(train.inputShape).toEqual([13]);
  expect([...train.inputs, ...test.inputs].every(Number.isFinite)).toBe(true);
  // Longitude falls with the row as the value rises, and latitude rises with it.
  column(train, 0).forEach((value, row) => {
    expect(value).toBeCloseTo(-train.targets[row]!, 5);
  });
  expect([...column(train, 1)].map((value) => value.toFixed(5))).toEqual(
    [...train.targets].map((value) => value.toFixed(5)),
  );
  // Of <1H OCEAN, INLAND, ISLAND, NEAR BAY, NEAR OCEAN: the rows have them in another order.
  expect(hotOf(train, 8, 13)).toEqual(rowsOf(train, test, 1).map((row) => [1, 0, 3, 4, 2][row % 5]));
  const other = folderWith({ 'california_housing.csv': districts.replace('INLAND', 'LAKE') });
  expect(refusal(() => readCaliforniaHousing(other, undefined))).toMatch(
    /^DATA_FILE_INVALID: .*"LAKE" as ocean_proximity in row 1/,
  );
  const blank = folderWith({ 'california_housing.csv': districts.replace('-125,5,', '-125,,') });
  expect(refusal(() => readCaliforniaHousing(blank, undefined))).toContain('has "" as latitude in row 6');
});

test("missing bedrooms are taken to be the training rows' median", () => {
  const read = (table: string) =>
    readCaliforniaHousing(folderWith({ 'california_housing.csv': table }), undefined);
  const { train, test } = read(districts);
  // Other rows have as many bedrooms as their number says.
  const known = rowsOf(train, test, 1)
    .filter((row) => row !== 3)
    .sort((a, b) => a - b);
  const median = (known[Math.ceil(known.length / 2) - 1]! + known[Math.floor(known.length / 2)]!) / 2;
  const told = read(districts.replace(',3,3,3,,', `,3,3,3,${median},`));
  expect([told.train, told.test]).toEqual([train, test]);
  const other = read(districts.replace(',3,3,3,,', `,3,3,3,${median + 1},`));
  expect([other.train, other.test]).not.toEqual([train, test]);
});

test('airfoil has five numbers and its target', () => {
  const { train } = readAirfoil(folderWith({ 'airfoil_self_noise.dat': foils }), undefined);
  expect(train.inputShape).toEqual([5]);
  expect([...column(train, 0)].map((value) => -value)).toEqual([...train.targets]);
  expect([...column(train, 1)].every((value) => value === 0)).toBe(true);
});

test('diabetes has ten numbers and its target, in files of their own', () => {
  const { train } = readDiabetes(folderWith(patients), undefined);
  expect(train.inputShape).toEqual([10]);
  expect([...column(train, 0)]).toEqual([...train.targets]);
  expect([...column(train, 9)].map((value) => -value)).toEqual([...train.targets]);
  const fewer = { ...patients, 'diabetes_target.csv.gz': gzipSync('1\n2\n') };
  expect(refusal(() => readDiabetes(folderWith(fewer), undefined))).toMatch(
    /^DATA_FILE_INVALID: .*40 rows of measures and 2 of targets/,
  );
});

test('each table is held to its digest, and names both', () => {
  const path = folderWith({
    ...patients,
    'abalone.csv': shells,
    'california_housing.csv': districts,
    'airfoil_self_noise.dat': foils,
  });
  for (const [load, content, published] of [
    [abalone, shells, 'ffcdfd7e'],
    [abaloneAge, shells, 'ffcdfd7e'],
    [californiaHousing, districts, '97eb6850'],
    [airfoil, foils, '2d7d8352'],
  ] as const) {
    expect(refusal(() => load(path))).toContain(`its SHA-256 is ${sha256Of(content)}, ${published}`);
  }
  expect(refusal(() => diabetes(path))).toContain(', ec268375');
  expect(readAbalone(path, sha256Of(shells)).train.count).toBe(32);
  expect(refusal(() => readAirfoil(path, sha256Of(shells)))).toContain(sha256Of(foils));
});

test('a missing table says where to get it and where to put it', () => {
  const path = join(folderWith({}), 'tables');
  for (const [load, address] of [
    [abalone, 'https://archive.ics.uci.edu/dataset/1 '],
    [abaloneAge, 'https://archive.ics.uci.edu/dataset/1 '],
    [californiaHousing, 'https://github.com/ageron/handson-ml2'],
    [airfoil, 'https://archive.ics.uci.edu/dataset/291'],
    [diabetes, 'https://github.com/scikit-learn/scikit-learn'],
  ] as const) {
    const message = refusal(() => load(path));
    expect(message).toMatch(/^DATA_FILE_MISSING/);
    expect(message).toContain(address);
    expect(message).toContain(`put its files into ${path}.`);
  }
});

test('a table with another header, or with no row, is refused', () => {
  const uci = folderWith({ 'abalone.csv': 'M,0.455,0.365,0.095,0.514,0.2245,0.101,0.15,15\n' });
  expect(refusal(() => readAbalone(uci, undefined))).toContain('has no column sex, length');
  const empty = folderWith({ 'abalone.csv': shells.slice(0, shells.indexOf('\n')) });
  expect(refusal(() => readAbalone(empty, undefined))).toContain('has a header and no rows');
});
