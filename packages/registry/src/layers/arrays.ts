import { type NdArray, ndArray, sizeOf } from '@fuseinit/core';

type Index = readonly number[];

/** Makes an array of this shape, each element computed from its index. */
export function build(shape: readonly number[], element: (index: Index) => number): NdArray {
  const data = new Float64Array(sizeOf(shape));
  let position = 0;
  forEachIndex(shape, (index) => {
    data[position++] = element(index);
  });
  return ndArray(shape, data);
}

/** Calls for every index of a shape, in row-major order. */
export function forEachIndex(shape: readonly number[], visit: (index: Index) => void): void {
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
export function at({ shape, data }: NdArray, index: Index): number {
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

/** Returns the elements of one axis from `start` to before `end`; the axis stays. */
export function slice(array: NdArray, axis: number, start: number, end: number): NdArray {
  return build(array.shape.with(axis, end - start), (index) =>
    at(array, index.with(axis, index[axis]! + start)),
  );
}

/** Returns one position of an axis; the axis goes. */
export function take(array: NdArray, axis: number, position: number): NdArray {
  return build(array.shape.toSpliced(axis, 1), (index) => at(array, index.toSpliced(axis, 0, position)));
}

/** Puts arrays of one shape side by side along a new axis. */
export function stack(arrays: readonly NdArray[], axis: number): NdArray {
  return build(arrays[0]!.shape.toSpliced(axis, 0, arrays.length), (index) =>
    at(arrays[index[axis]!]!, index.toSpliced(axis, 1)),
  );
}

/** Puts arrays one after the other along an axis that they have. */
export function concatenate(arrays: readonly NdArray[], axis: number): NdArray {
  const owners = arrays.flatMap((array) =>
    Array.from({ length: array.shape[axis]! }, (_, position) => ({ array, position })),
  );
  return build(arrays[0]!.shape.with(axis, owners.length), (index) => {
    const { array, position } = owners[index[axis]!]!;
    return at(array, index.with(axis, position));
  });
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
