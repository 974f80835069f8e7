import { sizeOf } from '@fuseinit/core';
import type { LayerError } from '../data/layer-error.js';
import { poolPositions } from './pool-positions.js';

/** What {@link errorSums} gave, read. */
export interface ReadSums {
  readonly channelErrors: ArrayLike<number>;
  readonly positionErrors: ArrayLike<number>;
  readonly means: ArrayLike<number>;
  readonly deviations: ArrayLike<number>;
}

/** Errors of a layer over batches, in float64. */
export interface LayerTally {
  /** @param samples Of the batch. */
  add(sums: ReadSums, samples: number): void;
  error(): LayerError;
}

/**
 * Merges batches as Chan, Golub and LeVeque do: a channel's deviations are about its mean over all of them.
 *
 * @param positionShape Spatial lengths; empty for a layer without.
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

/** As `fuse` measures: constant targets have no variance to divide by. */
function over(meanSquareError: number, variance: number, meanSquare: number): number {
  return meanSquareError === 0 ? 0 : meanSquareError / (variance || meanSquare || 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
