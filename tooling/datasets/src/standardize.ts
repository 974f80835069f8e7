import type { Samples } from './dataset.js';

/**
 * Gives each channel (the last axis) of the training samples mean 0 and deviation 1, and the test samples the
 * same shift and scale; a channel that doesn't vary is only shifted.
 *
 * @param isFiller Elements that stand for nothing and become 0: they count for neither mean nor deviation.
 */
export function standardize(
  train: Samples,
  test: Samples,
  isFiller: (value: number) => boolean = () => false,
): { readonly train: Samples; readonly test: Samples } {
  const channels = train.inputShape.at(-1)!;
  const moments = Array.from({ length: channels }, () => ({ count: 0, mean: 0, squares: 0 }));
  train.inputs.forEach((value, index) => {
    if (isFiller(value)) return;
    const moment = moments[index % channels]!;
    moment.count++;
    const fromMean = value - moment.mean;
    moment.mean += fromMean / moment.count;
    moment.squares += fromMean * (value - moment.mean);
  });
  const scaled = (samples: Samples): Samples => ({
    ...samples,
    inputs: samples.inputs.map((value, index) => {
      if (isFiller(value)) return 0;
      const { count, mean, squares } = moments[index % channels]!;
      return (value - mean) / (Math.sqrt(squares / count) || 1);
    }),
  });
  return { train: scaled(train), test: scaled(test) };
}
