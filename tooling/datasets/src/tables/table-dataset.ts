import { shuffledIndices, uniformStream } from '@fuseinit/core';
import type { Dataset, Samples, Task } from '../dataset.js';
import { standardize } from '../standardize.js';

const seed = 20010509;

/** A table as numbers; NaN where a value is missing. */
export interface NumberTable {
  /** [rows, columns] */
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly number[];
}

/**
 * Splits a table at random (four fifths to train, one seed for all), fills missing values with the column's
 * median and standardises, all by the training rows; values to predict are standardised too, classes aren't.
 */
export function tableDataset({ inputs, targets }: NumberTable, task: Task): Dataset {
  const order = shuffledIndices(inputs.length, uniformStream(seed));
  const cut = Math.floor(inputs.length * 0.8);
  const trainRows = order.subarray(0, cut);
  const medians = inputs[0]!.map((_, column) =>
    median(Array.from(trainRows, (row) => inputs[row]![column]!).filter((value) => !Number.isNaN(value))),
  );
  const samplesOf = (rows: Uint32Array): Samples => ({
    inputs: Float32Array.from(
      Array.from(rows).flatMap((row) =>
        inputs[row]!.map((value, column) => (Number.isNaN(value) ? medians[column]! : value)),
      ),
    ),
    inputShape: [inputs[0]!.length],
    targets: Float32Array.from(rows, (row) => targets[row]!),
    count: rows.length,
  });
  const scaled = standardize(samplesOf(trainRows), samplesOf(order.subarray(cut)));
  const { train, test } = task.kind === 'regression' ? standardizeTargets(scaled) : scaled;
  return {
    task,
    train,
    test,
    preparation: `Split at random, four fifths to train (seed ${seed}); standardised by the training rows${task.kind === 'regression' ? ', what is predicted too' : ''}.`,
  };
}

function standardizeTargets({ train, test }: { readonly train: Samples; readonly test: Samples }) {
  const column = ({ targets, count }: Samples): Samples => ({
    inputs: targets,
    inputShape: [1],
    targets,
    count,
  });
  const scaled = standardize(column(train), column(test));
  return {
    train: { ...train, targets: scaled.train.inputs },
    test: { ...test, targets: scaled.test.inputs },
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
