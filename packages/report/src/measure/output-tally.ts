/** Errors of an output over batches, in float64. */
export interface OutputTally {
  /** @param samples Of the batch; both arrays hold `samples` times as many numbers as an output has. */
  add(expected: ArrayLike<number>, actual: ArrayLike<number>, samples: number): void;
  /**
   * Mean square error over the variance of what was expected, each element about its own mean, as `fuse`
   * measures.
   */
  relativeMse(): number;
  /** What to divide a sample's sum of square errors by; positive. */
  scale(): number;
}

/** Welford's update for each element: outputs may be images, so no covariances. */
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
