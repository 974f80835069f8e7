import type { AppliedStep } from './apply-step.js';
import type { Fusion } from './fusion.js';

/**
 * Warns if only the first samples of a stream were used, which belong to the first classes if the data are
 * sorted.
 */
export function firstOfStream({ source, options }: Fusion, steps: readonly AppliedStep[]): string[] {
  const { samples } = options;
  if (source.indexed || samples === undefined) return [];
  const taken = steps.map(({ report }) => report.samples + report.heldOutSamples);
  const settled = steps.every(({ report }) => report.settling?.settled);
  if (samples === 'auto' ? !settled : !taken.includes(samples)) return [];
  return [firstOfStreamWarning(Math.max(...taken))];
}

/** The warning for data of which only the first samples were used. */
export function firstOfStreamWarning(samples: number): string {
  return `The calibration data are a stream of unknown length, of which the first ${samples} samples were taken. If they are sorted, shuffle them, or give a tensor, an array or { count, batches }: samples of these are drawn from the whole.`;
}
