import { sizeOf } from '@fuseinit/core';
import type { Tensor, TensorFlow } from '@fuseinit/tfjs';
import type { LayerError, PositionErrors } from '../data/fusion-report.js';

/** Error sums of one layer for one batch. The caller disposes the tensors. */
export type ErrorSums = {
  /** Sums of squared errors by channel: [channels]. */
  readonly channelErrors: Tensor;
  /** Sums of squared errors by position: [...positions]; a scalar for a layer without spatial axes. */
  readonly positionErrors: Tensor;
  /** Means of the targets: [channels]. */
  readonly means: Tensor;
  /** Sums of squared deviations from these means: [channels]. */
  readonly deviations: Tensor;
};

/**
 * Sums squared errors on the device, so that no activation has to be read back.
 *
 * @param actual, expected [batch, ...positions, channels]
 */
export function errorSums(tf: TensorFlow, actual: Tensor, expected: Tensor): ErrorSums {
  return tf.tidy(() => {
    const overChannels = expected.shape.slice(0, -1).map((_, axis) => axis);
    const squares = actual.squaredDifference(expected);
    const means = expected.mean(overChannels);
    return {
      channelErrors: squares.sum(overChannels),
      positionErrors: squares.sum([0, expected.rank - 1]),
      means,
      deviations: expected.squaredDifference(means).sum(overChannels),
    };
  });
}

/** The values of {@link ErrorSums}, read from the device. */
export interface ReadSums {
  readonly channelErrors: ArrayLike<number>;
  readonly positionErrors: ArrayLike<number>;
  readonly means: ArrayLike<number>;
  readonly deviations: ArrayLike<number>;
}

/** Gathers the errors of a layer over batches, in float64. */
export interface LayerTally {
  /** @param samples The number of samples in the batch. */
  add(sums: ReadSums, samples: number): void;
  error(): LayerError;
}

/**
 * Merges batches by the formula of Chan, Golub and LeVeque: a channel's deviations are about its mean over
 * all of them.
 *
 * @param positionShape The layer's spatial lengths; empty for a layer without spatial axes.
 */
export function createLayerTally(channels: number, positionShape: readonly number[]): LayerTally {
  const positions = sizeOf(positionShape);
  const channelErrors = new Float64Array(channels);
  const positionErrors = new Float64Array(positions);
  const means = new Float64Array(channels);
  const deviations = new Float64Array(channels);
  let samples = 0;
  return {
    add(sums, added) {
      const total = samples + added;
      for (let channel = 0; channel < channels; channel++) {
        channelErrors[channel]! += sums.channelErrors[channel]!;
        const apart = sums.means[channel]! - means[channel]!;
        means[channel]! += (apart * added) / total;
        deviations[channel]! +=
          sums.deviations[channel]! + ((apart * apart * samples * added) / total) * positions;
      }
      for (let position = 0; position < positions; position++) {
        positionErrors[position]! += sums.positionErrors[position]!;
      }
      samples = total;
    },
    error() {
      const rows = samples * positions;
      const each = Array.from(channelErrors, (error, channel) => {
        const meanSquareError = error / rows;
        const variance = deviations[channel]! / rows;
        return {
          meanSquareError,
          variance,
          relativeMse: over(meanSquareError, variance, means[channel]! ** 2),
        };
      });
      const variance = sum(each.map((channel) => channel.variance));
      const meanSquare = sum(Array.from(means, (mean) => mean * mean));
      return {
        relativeMse: over(sum(each.map(({ meanSquareError }) => meanSquareError)), variance, meanSquare),
        channels: each,
        positions:
          positionShape.length === 0
            ? null
            : poolPositions(
                Array.from(positionErrors, (error) => over(error / samples, variance, meanSquare)),
                positionShape,
              ),
      };
    },
  };
}

/** Constant targets have no variance to divide by, so their mean square takes its place, as in `fuse`. */
function over(meanSquareError: number, variance: number, meanSquare: number): number {
  return meanSquareError === 0 ? 0 : meanSquareError / (variance || meanSquare || 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Gathers the errors of an output over batches, in float64. */
export interface OutputTally {
  /**
   * @param samples The number of samples in the batch; both arrays hold `samples` times as many numbers as an
   * output has.
   */
  add(expected: ArrayLike<number>, actual: ArrayLike<number>, samples: number): void;
  /**
   * The mean square error over the variance of the expected values, each element about its own mean, as
   * `fuse` measures it.
   */
  relativeMse(): number;
  /** The positive number to divide a sample's sum of squared errors by. */
  scale(): number;
}

/** Uses Welford's update for each element. Covariances would be too large, since outputs may be images. */
export function createOutputTally(): OutputTally {
  let count = 0;
  let squaredError = 0;
  let deviation = 0;
  let means = new Float64Array(0);
  const scale = () => (deviation || count * means.reduce((sum, mean) => sum + mean * mean, 0)) / count || 1;
  return {
    add(expected, actual, samples) {
      const width = expected.length / samples;
      if (count === 0) means = new Float64Array(width);
      for (let index = 0; index < expected.length; index++) {
        const element = index % width;
        if (element === 0) count++;
        const fromMean = expected[index]! - means[element]!;
        means[element]! += fromMean / count;
        deviation += fromMean * (expected[index]! - means[element]!);
        squaredError += (actual[index]! - expected[index]!) ** 2;
      }
    },
    relativeMse: () => (squaredError === 0 ? 0 : squaredError / count / scale()),
    scale,
  };
}

/** The most cells along an axis: a larger picture would show no more and make the file larger. */
const longest = 64;

/**
 * Shortens the long axes of errors by position by averaging neighbours.
 *
 * @param errors Errors in row-major order.
 * @param layerShape One or two lengths; further axes are averaged away.
 */
export function poolPositions(errors: readonly number[], layerShape: readonly number[]): PositionErrors {
  const [rows, columns] = layerShape.length === 1 ? [1, layerShape[0]!] : [layerShape[0]!, layerShape[1]!];
  const inner = errors.length / (rows * columns);
  const [tall, wide] = [Math.ceil(rows / longest), Math.ceil(columns / longest)];
  const shape = [Math.ceil(rows / tall), Math.ceil(columns / wide)] as const;
  const sums = new Float64Array(shape[0] * shape[1]);
  const counts = new Float64Array(sums.length);
  for (const [index, error] of errors.entries()) {
    const position = Math.floor(index / inner);
    const row = Math.floor(position / columns / tall);
    const column = Math.floor((position % columns) / wide);
    sums[row * shape[1] + column]! += error;
    counts[row * shape[1] + column]!++;
  }
  return {
    layerShape,
    shape: layerShape.length === 1 ? [shape[1]] : shape,
    relativeMse: Array.from(sums, (sum, cell) => sum / counts[cell]!),
  };
}
