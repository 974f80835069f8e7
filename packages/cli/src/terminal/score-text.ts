import type { Score } from '@fuseinit/planner';
import { percent } from './figures.js';

/** A score with what it is. */
export function scoreText({ kind, value }: Pick<Score, 'kind' | 'value'>): string {
  return kind === 'accuracy' ? `accuracy ${percent(value)}` : `mean square error ${value.toPrecision(4)}`;
}

/** The same for a column that says what it is. */
export function scoreCell({ kind, value }: Pick<Score, 'kind' | 'value'>): string {
  return kind === 'accuracy' ? percent(value) : value.toPrecision(4);
}

export function scoreHead({ kind }: Pick<Score, 'kind'>): string {
  return kind === 'accuracy' ? 'accuracy' : 'sq. error';
}
