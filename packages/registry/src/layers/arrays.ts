import { type NdArray, ndArray, sizeOf } from '@fuseinit/core';

type Index = readonly number[];

/** Makes an array of this shape, each element computed from its index. */
function build(shape: readonly number[], element: (index: Index) => number): NdArray {
  const data = new Float64Array(sizeOf(shape));
  let position = 0;
  forEachIndex(shape, (index) => {
    data[position++] = element(index);
  });
  return ndArray(shape, data);
}

/** Calls for every index of a shape, in row-major order. */
function forEachIndex(shape: readonly number[], visit: (index: Index) => void): void {
  const index = shape.map(() => 0);
  for (let left = sizeOf(shape); left > 0; left--) {
    visit(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** Returns the element at an index. */
function at({ shape, data }: NdArray, index: Index): number {
  let position = 0;
  for (const [axis, length] of shape.entries()) position = position * length + index[axis]!;
  return data[position]!;
}

/** Counts an axis of an array of this rank from the front. */
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** Puts axes in another order: `permutation[axis]` is the axis that becomes `axis`. */
export function transpose(array: NdArray, permutation: readonly number[]): NdArray {
  return build(
    permutation.map((axis) => array.shape[axis]!),
    (index) => {
      const source = index.slice();
      for (const [axis, from] of permutation.entries()) source[from] = index[axis]!;
      return at(array, source);
    },
  );
}

/** Moves the channels of [batch, channels, ...space] to the last axis. */
export function channelsToLast(array: NdArray): NdArray {
  const axes = array.shape.map((_, axis) => axis);
  return transpose(array, [0, ...axes.slice(2), 1]);
}

/** Moves the channels of [batch, ...space, channels] to the second axis. */
export function channelsToFirst(array: NdArray): NdArray {
  const axes = array.shape.map((_, axis) => axis);
  return transpose(array, [0, axes.length - 1, ...axes.slice(1, -1)]);
}

/** Combines arrays of one rank element by element; an axis of length 1 is repeated. */
export function zip(arrays: readonly NdArray[], combine: (values: readonly number[]) => number): NdArray {
  const shape = arrays[0]!.shape.map((_, axis) => Math.max(...arrays.map((array) => array.shape[axis]!)));
  return build(shape, (index) =>
    combine(
      arrays.map((array) =>
        at(
          array,
          index.map((position, axis) => (array.shape[axis] === 1 ? 0 : position)),
        ),
      ),
    ),
  );
}
