import { FuseInitError } from '@fuseinit/core';

/**
 * Whether the rows can determine the inputs: a warning with the number that would do, or nothing.
 *
 * Fewer rows than inputs leave the choice to the ridge; without a ridge there is none to leave it to.
 *
 * @param rows Rows that are solved on: samples, or samples times positions for a convolution.
 * @throws SAMPLES_TOO_FEW for fewer rows than inputs at ridge 0, or for a single row.
 */
export function sampleAdequacy(options: {
  readonly tap: string;
  readonly rows: number;
  readonly patchSize: number;
  readonly samples: number;
  readonly ridge: number | 'auto';
}): string | undefined {
  const { tap, rows, patchSize, samples, ridge } = options;
  const rowsPerSample = rows / Math.max(1, samples);
  const samplesNeeded = Math.ceil((patchSize + 1) / rowsPerSample);
  const summary = `${samples} samples give ${rows} rows for ${patchSize} inputs at ${JSON.stringify(tap)}`;
  if (rows < 2) {
    throw new FuseInitError(
      'SAMPLES_TOO_FEW',
      `${summary}: one row has no variance. ${samplesNeeded} samples or more would do.`,
      {
        layerName: tap,
      },
    );
  }
  if (rows > patchSize) return undefined;
  if (ridge === 0) {
    throw new FuseInitError(
      'SAMPLES_TOO_FEW',
      `${summary}: without a ridge they don't determine the weights. Give ${samplesNeeded} samples or more, or a ridge.`,
      { layerName: tap },
    );
  }
  return `${summary}: the ridge decides what the data can't. ${samplesNeeded} samples or more would do, several times that is better.`;
}
