import type { Score } from '@fuseinit/planner';
import { percent } from './figures.js';

/** A score with what it is. */
export function scoreText(score: Score): string {
  switch (score.kind) {
    case 'accuracy':
      return `accuracy ${percent(score.value)}`;
    case 'binaryAccuracy':
      return `binary accuracy ${percent(score.value)} of labels, every label right ${percent(score.exactMatch)}`;
    case 'error':
      return `mean square error ${score.value.toPrecision(4)}`;
  }
}

/** The same for columns that say what they are. */
export function scoreCells(score: Score): string[] {
  switch (score.kind) {
    case 'accuracy':
      return [percent(score.value)];
    case 'binaryAccuracy':
      return [percent(score.value), percent(score.exactMatch)];
    case 'error':
      return [score.value.toPrecision(4)];
  }
}

const heads: Readonly<Record<Score['kind'], readonly string[]>> = {
  accuracy: ['accuracy'],
  binaryAccuracy: ['binary accuracy', 'all labels right'],
  error: ['sq. error'],
};

export function scoreHeads({ kind }: Score): readonly string[] {
  return heads[kind];
}
