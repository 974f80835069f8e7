import type { Trial } from './arm-report.js';
import { type Spread, spread } from './spread.js';

/** A score by epoch, from 0, before training, on: what it comes to over trials. */
export function curve(trials: readonly Trial[]): Spread[] {
  const epochs = trials[0]?.scores.length ?? 0;
  return Array.from({ length: epochs }, (_, epoch) => spread(trials.map(({ scores }) => scores[epoch]!))!);
}
