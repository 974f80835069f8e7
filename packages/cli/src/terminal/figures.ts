import type { Ratio, Score } from '@fuseinit/planner';

/** Formats a count as 12,345. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** Formats multiply-adds or parameters as 4.64 M. */
export function large(value: number): string {
  if (value < 1e6) return count(value);
  const [unit, size] = value < 1e9 ? (['M', 1e6] as const) : (['G', 1e9] as const);
  return `${(value / size).toFixed(2)} ${unit}`;
}

/** Formats seconds in milliseconds with three digits. */
export function milliseconds(seconds: number): string {
  const value = 1000 * seconds;
  const decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
  return `${value.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })} ms`;
}

/** Formats a relative mean square error. */
export function error(value: number | null): string {
  if (value === null) return '-';
  return value !== 0 && value < 0.001 ? value.toExponential(0) : value.toFixed(3);
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Formats a ratio. */
export function times(value: number, reference: number): string {
  return reference > 0 ? `${(value / reference).toFixed(2)} x` : '-';
}

/** Formats a ratio and its interval as 0.55 x (0.53 to 0.57). */
export function ratio({ median, low, high }: Ratio): string {
  const [least, most] = [low.toFixed(2), high.toFixed(2)];
  return `${median.toFixed(2)} x${least === most ? '' : ` (${least} to ${most})`}`;
}

/** Formats a shape [28, 28, 1] as 28x28x1 and an open length as ?. */
export function shape(lengths: readonly (number | null)[]): string {
  return lengths.map((length) => length ?? '?').join('x') || '1';
}

/** Formats a score with its name. */
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

/** Formats a score for columns whose heads have its name. */
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
