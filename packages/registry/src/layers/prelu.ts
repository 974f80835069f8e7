import { elementPlugin } from './element-plugin.js';

/** Weights: alpha, the shape of a sample with length 1 on each shared axis. */
export const prelu = elementPlugin(['PReLU'], ({ weights }, input) => {
  const [alpha] = weights;
  const sample = input.shape.slice(1);
  return {
    shape: input.shape,
    data: input.data.map((value, index) =>
      value > 0 ? value : value * alpha!.data[broadcastIndex(index, sample, alpha!.shape)]!,
    ),
  };
});

/** Where an element of a sample finds its value in an array of length 1 on the axes that share it. */
function broadcastIndex(index: number, sample: readonly number[], shape: readonly number[]): number {
  let rest = index;
  let found = 0;
  let stride = 1;
  for (let axis = sample.length - 1; axis >= 0; axis--) {
    const at = rest % sample[axis]!;
    rest = Math.floor(rest / sample[axis]!);
    if (shape[axis] !== 1) found += at * stride;
    stride *= shape[axis]!;
  }
  return found;
}
