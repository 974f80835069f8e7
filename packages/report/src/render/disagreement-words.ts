import type { FusionReport } from '../data/fusion-report.js';
import { count, share } from './format.js';

/** On how many samples the networks differ, and what the pictures below show. */
export function disagreementWords({ disagreeing, samples, answers }: FusionReport): string {
  if (disagreeing === 0) {
    return `No disagreement: on all ${count(samples)} samples both networks give the same outputs to the last bit.`;
  }
  const told =
    answers?.kind === 'classes'
      ? classWords(answers.agreement, samples)
      : answers?.kind === 'labels'
        ? `The networks answer otherwise for ${share(1 - answers.agreement)} of all labels.`
        : `Outputs differ on ${count(disagreeing)} of ${count(samples)} samples.`;
  return `${told} Below are those whose outputs lie farthest apart: square distance over the variance of the teacher's outputs.`;
}

function classWords(agreement: number, samples: number): string {
  if (agreement === 1) return `Both networks choose the same class for each of ${count(samples)} samples.`;
  return `The networks choose different classes for ${share(1 - agreement)} of ${count(samples)} samples.`;
}
