import { shuffledIndices, uniformStream } from '@fuseinit/core';
import { expect, test } from 'vitest';
import type { Task } from '../dataset.js';
import { tableDataset } from './table-dataset.js';

const classification: Task = { kind: 'classification', classes: ['even', 'odd'] };
const regression: Task = { kind: 'regression', target: 'a number' };

const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('four fifths of the rows train and the others test: each row is in one set, with its own target', () => {
  const rows = Array.from({ length: 103 }, (_, row) => row);
  // Targets aren't standardised here, and number the rows.
  const { train, test } = tableDataset(
    { inputs: rows.map((row) => [row, 1]), targets: rows },
    classification,
  );
  expect([train.count, test.count]).toEqual([82, 21]);
  expect([...train.targets, ...test.targets].sort((a, b) => a - b)).toEqual(rows);
  for (const { inputs, targets, inputShape } of [train, test]) {
    expect(inputShape).toEqual([2]);
    // A row's first input is linear in its number.
    const slope = (inputs[2]! - inputs[0]!) / (targets[1]! - targets[0]!);
    targets.forEach((row, index) => {
      expect(inputs[2 * index]).toBeCloseTo(inputs[0]! + slope * (row - targets[0]!), 4);
    });
  }
});

test('rows are shuffled, and alike each time', () => {
  const rows = Array.from({ length: 100 }, (_, row) => row);
  const table = { inputs: rows.map((row) => [row]), targets: rows };
  const first = tableDataset(table, classification);
  expect(tableDataset(table, classification)).toEqual(first);
  // A set in the table's order would have its last fifth for the test.
  expect(Math.min(...first.test.targets)).toBeLessThan(50);
});

test('the split is the one of the seed that reports name', () => {
  const rows = Array.from({ length: 100 }, (_, row) => row);
  const { train, test, preparation } = tableDataset(
    { inputs: rows.map((row) => [row]), targets: rows },
    classification,
  );
  // Another seed would leave figures that were published on this one without their test rows.
  expect([...train.targets, ...test.targets]).toEqual([...shuffledIndices(100, uniformStream(20010509))]);
  expect(preparation).toContain('seed 20010509');
});

test("a missing value is the training rows' median, in training and in test", () => {
  // One column numbers the rows, the other lacks each third value.
  const rows = Array.from({ length: 60 }, (_, row) => row);
  const value = (row: number) => (row % 3 === 0 ? Number.NaN : row * row);
  const { train, test } = tableDataset(
    { inputs: rows.map((row) => [value(row)]), targets: rows },
    classification,
  );
  const known = [...train.targets]
    .map(value)
    .filter((one) => !Number.isNaN(one))
    .sort((a, b) => a - b);
  const middle = known.length / 2;
  const median = (known[Math.ceil(middle) - 1]! + known[Math.floor(middle)]!) / 2;
  const filled = [...train.targets].map((row) => (Number.isNaN(value(row)) ? median : value(row)));
  const center = filled.reduce((sum, one) => sum + one, 0) / filled.length;
  const scale = Math.sqrt(filled.reduce((sum, one) => sum + (one - center) ** 2, 0) / filled.length);
  for (const { inputs, targets } of [train, test]) {
    expect(targets.some((row) => row % 3 === 0)).toBe(true);
    targets.forEach((row, index) => {
      const expected = Number.isNaN(value(row)) ? median : value(row);
      expect(inputs[index]).toBeCloseTo((expected - center) / scale, 5);
    });
  }
});

test('a value to predict is standardised by the training rows; a class stays what it is', () => {
  const rows = Array.from({ length: 50 }, (_, row) => row);
  const inputs = rows.map((row) => [row]);
  const { train, test } = tableDataset({ inputs, targets: rows.map((row) => 7 * row + 2) }, regression);
  expect(mean(train.targets)).toBeCloseTo(0, 5);
  expect(mean(train.targets.map((value) => value * value))).toBeCloseTo(1, 5);
  // Linear in the only input, so standardised alike in both sets.
  expect([...test.targets].map((value) => value.toFixed(4))).toEqual(
    [...test.inputs].map((value) => value.toFixed(4)),
  );
  const classes = tableDataset({ inputs, targets: rows.map((row) => row % 2) }, classification);
  expect(new Set([...classes.train.targets, ...classes.test.targets])).toEqual(new Set([0, 1]));
});
