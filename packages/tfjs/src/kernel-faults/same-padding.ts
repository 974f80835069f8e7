import type { LayerDescription } from '@fuseinit/core';
import type { TensorInfo } from '@tensorflow/tfjs';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import type { KernelFunc } from './kernel-fault.js';
import { perAxis, slidingAxes, unreadBySame } from './sliding-axes.js';

/**
 * Whether a layer's windows leave at least this many positions at the end of an axis unread, with 'same'
 * padding.
 */
export function leavesUnread(layer: LayerDescription, rank: number, atLeast = 1): boolean {
  return (
    layer.config.padding === 'same' && slidingAxes(layer, rank).some((axis) => unreadBySame(axis) >= atLeast)
  );
}

/**
 * Wraps a kernel such that it gets its input without the positions that no window reads, and then needs no
 * negative padding. These positions have no gradient, so the gradient of a pooling's input is padded with
 * zeros.
 */
export function withoutUnread(tf: TensorFlow, original: KernelFunc): KernelFunc {
  return (args) => {
    const attrs = (args.attrs ?? {}) as Record<string, unknown>;
    const { x, input, filter } = args.inputs as unknown as Record<string, Tensor | undefined>;
    const whole = (x ?? input)!;
    if (attrs.pad !== 'same') return original(args);
    const filterShape = filter?.shape ?? (attrs.filterShape as number[] | undefined);
    const unread = unreadOf(whole.shape.slice(1, -1), filterShape, attrs);
    if (unread.every((positions) => positions === 0)) return original(args);
    const margins = [0, ...unread, 0];
    const size = whole.shape.map((length, axis) => length - margins[axis]!);
    const read = tf.slice(
      whole,
      size.map(() => 0),
      size,
    );
    try {
      const inputs = { ...args.inputs, ...(x ? { x: read } : { input: read }) };
      const output = original({ ...args, inputs }) as TensorInfo;
      if (x) return output;
      const zeros = margins.map((margin) => [0, margin] as [number, number]);
      return tf.tidy(() => tf.pad(tf.engine().makeTensorFromTensorInfo(output), zeros));
    } finally {
      read.dispose();
    }
  };
}

/** The number of unread positions on each spatial axis, from the attributes of a kernel. */
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
