import type { AppliedStep } from './apply-step.js';
import type { Fusion } from './fusion.js';

/** A warning where the first samples of a stream were taken: of sorted data they are the first classes. */
export function firstOfStream({ source, options }: Fusion, steps: readonly AppliedStep[]): string[] {
  const { samples } = options;
  if (source.indexed || samples === undefined) return [];
  const taken = steps.map(({ report }) => report.samples + report.heldOutSamples);
  const settled = steps.every(({ report }) => report.settling?.settled);
  if (samples === 'auto' ? !settled : !taken.includes(samples)) return [];
  return [firstOfStreamWarning(Math.max(...taken))];
}

/** Of data of which no more than the first samples were taken. */
export function firstOfStreamWarning(samples: number): string {
  return `The calibration data are a stream of unknown length, of which the first ${samples} samples were taken. If they are sorted, shuffle them, or give a tensor, an array or { count, batches }: samples of these are drawn from the whole.`;
}
