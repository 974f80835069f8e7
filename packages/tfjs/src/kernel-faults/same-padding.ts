import type { LayerDescription } from '@fuseinit/core';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import type { KernelFunc } from './kernel-fault.js';
import { perAxis, slidingAxes, unreadBySame } from './sliding-axes.js';

/** Whether a layer's windows leave at least so many positions unread at an end, under 'same'. */
export function leavesUnread(layer: LayerDescription, rank: number, atLeast = 1): boolean {
  return (
    layer.config.padding === 'same' && slidingAxes(layer, rank).some((axis) => unreadBySame(axis) >= atLeast)
  );
}

/** A kernel that sees its input without the positions that no window reads: what is left needs no negative padding. */
export function withoutUnread(tf: TensorFlow, original: KernelFunc): KernelFunc {
  return (args) => {
    const attrs = (args.attrs ?? {}) as Record<string, unknown>;
    const { x, filter } = args.inputs as unknown as { x: Tensor; filter?: Tensor };
    if (attrs.pad !== 'same') return original(args);
    const unread = unreadOf(x.shape.slice(1, -1), filter?.shape, attrs);
    if (unread.every((positions) => positions === 0)) return original(args);
    const size = x.shape.map((length, axis) => length - (unread[axis - 1] ?? 0));
    const read = tf.slice(
      x,
      size.map(() => 0),
      size,
    );
    try {
      return original({ ...args, inputs: { ...args.inputs, x: read } });
    } finally {
      read.dispose();
    }
  };
}

/** Unread positions of each spatial axis, from the attributes of a kernel. */
export function unreadOf(
  space: readonly number[],
  filterShape: readonly number[] | undefined,
  attrs: Readonly<Record<string, unknown>>,
): number[] {
  const rank = space.length;
  const size = filterShape?.slice(0, rank) ?? perAxis(attrs.filterSize, rank);
  const strides = perAxis(attrs.strides, rank);
  const dilations = perAxis(attrs.dilations ?? 1, rank);
  return space.map((length, axis) =>
    unreadBySame({
      length,
      extent: (size[axis]! - 1) * dilations[axis]! + 1,
      stride: strides[axis]!,
    }),
  );
}
