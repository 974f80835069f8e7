import { createHash } from 'node:crypto';
import type { Experiment } from '../experiment.js';

/**
 * SHA-256 of what decides an experiment's numbers, hexadecimal. How many trials there are doesn't: more can
 * be added.
 */
export function definitionOf(experiment: Experiment): string {
  const { title, cuts, seeds, ...numbers } = experiment;
  return createHash('sha256')
    .update(JSON.stringify({ ...numbers, tuning: seeds.tuning }))
    .digest('hex');
}
