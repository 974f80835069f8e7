import type { TrainingData } from '@fuseinit/fine-tune';
import { type HeldOutRule, holdsOut } from '@fuseinit/tfjs/internal';
import { labelsAt, type SampleLabels } from '../../data/read-labels.js';

/** Samples with what they should give, if anybody says. */
export interface LabelledArray {
  /** Row-major. */
  readonly data: Float32Array;
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly count: number;
  /** Places of the samples in the whole data. */
  readonly indices: Uint32Array;
  readonly labels: Pick<SampleLabels, 'values' | 'width'> | undefined;
}

export interface TrainingSplit {
  readonly training: TrainingData & { readonly count: number };
  /** Undefined where nothing is kept to validate on. */
  readonly validation: (TrainingData & { readonly count: number }) | undefined;
}

/** Samples to validate on, those that `fuse` would hold out of the same data, and the rest to train on. */
export function trainingSplit(samples: LabelledArray, rule: HeldOutRule): TrainingSplit {
  const rows = Array.from({ length: samples.count }, (_, row) => row);
  const isHeldOut = holdsOut(rule);
  const isKept = (row: number) => isHeldOut(samples.indices[row]!);
  const kept = rows.filter(isKept);
  return {
    training: chosen(
      samples,
      rows.filter((row) => !isKept(row)),
    ),
    validation: kept.length > 0 ? chosen(samples, kept) : undefined,
  };
}

function chosen({ data, shape, labels, count }: LabelledArray, rows: readonly number[]) {
  const size = data.length / count;
  const values = new Float32Array(rows.length * size);
  for (const [to, row] of rows.entries()) {
    values.set(data.subarray(row * size, (row + 1) * size), to * size);
  }
  const ys = labels && { data: labelsAt(labels, rows), shape: [rows.length, labels.width] };
  return { xs: { data: values, shape: [rows.length, ...shape] }, ...(ys && { ys }), count: rows.length };
}
