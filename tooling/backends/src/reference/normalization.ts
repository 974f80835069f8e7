import type { NdArray } from '@fuseinit/core';
import { at, axisOf, build } from './arrays.js';

interface Scaling {
  readonly gamma: NdArray | undefined;
  readonly beta: NdArray | undefined;
  readonly epsilon: number;
}

/** Batch normalisation at inference: mean and variance are given for each position of one axis. */
export function normalizeBatch(
  input: NdArray,
  axis: number,
  { mean, variance }: { readonly mean: NdArray; readonly variance: NdArray },
  { gamma, beta, epsilon }: Scaling,
): NdArray {
  const along = axisOf(axis, input.shape.length);
  return build(input.shape, (index) => {
    const channel = index[along]!;
    const normalized =
      (at(input, index) - mean.data[channel]!) / Math.sqrt(variance.data[channel]! + epsilon);
    return normalized * (gamma?.data[channel] ?? 1) + (beta?.data[channel] ?? 0);
  });
}

/** Mean 0 and variance 1 over some axes of each sample; `gamma` and `beta` have those axes, in that order. */
export function normalizeLayer(
  input: NdArray,
  axes: readonly number[],
  { gamma, beta, epsilon }: Scaling,
): NdArray {
  const along = axes.map((axis) => axisOf(axis, input.shape.length));
  const others = input.shape.map((_, axis) => axis).filter((axis) => !along.includes(axis));
  const groups = new Map<string, number[]>();
  const keyOf = (index: readonly number[]) => others.map((axis) => index[axis]).join();
  build(input.shape, (index) => {
    const values = groups.get(keyOf(index)) ?? [];
    groups.set(keyOf(index), values);
    return values.push(at(input, index));
  });
  const moments = new Map([...groups].map(([key, values]) => [key, momentsOf(values)]));
  return build(input.shape, (index) => {
    const { mean, variance } = moments.get(keyOf(index))!;
    const own = along.map((axis) => index[axis]!);
    const scale = gamma ? at(gamma, own) : 1;
    return ((at(input, index) - mean) / Math.sqrt(variance + epsilon)) * scale + (beta ? at(beta, own) : 0);
  });
}

function momentsOf(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
  return { mean, variance };
}
