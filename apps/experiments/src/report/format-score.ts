import type { Task } from '../results/task.js';
import type { Interval } from './bootstrap-interval.js';
import type { PairedDifference } from './paired-difference.js';
import type { Spread } from './spread.js';

/** Accuracy in percent to a tenth, relative square errors to three digits. */
export function formatScore(task: Task, score: number): string {
  return task === 'classification' ? `${(score * 100).toFixed(1)} %` : digits(score);
}

/** A mean ± its deviation over seeds; a dash where there is nothing. */
export function formatSpread(task: Task, spread: Spread | undefined): string {
  if (!spread) return '-';
  const { mean, deviation } = spread;
  const score = formatScore(task, mean);
  return deviation === undefined ? score : `${score} ± ${formatSize(task, deviation)}`;
}

/** A difference with its interval, as in `+1.21 (0.80 to 1.62)`; a dash where there is nothing. */
export function formatDifference(task: Task, difference: PairedDifference | undefined): string {
  if (!difference) return '-';
  const { mean, interval } = difference;
  const text = formatSize(task, mean);
  return `${Number.parseFloat(text) > 0 ? '+' : ''}${text}${formatInterval(interval, (end) => formatSize(task, end))}`;
}

/** ` (LOW to HIGH)`, or nothing of no interval. */
export function formatInterval(interval: Interval | undefined, format: (end: number) => string): string {
  return interval ? ` (${format(interval.low)} to ${format(interval.high)})` : '';
}

/**
 * Deviations and differences of scores: percentage points to hundredths, or three digits of a relative square
 * error.
 */
export function formatSize(task: Task, difference: number): string {
  const text = task === 'classification' ? (difference * 100).toFixed(2) : digits(difference);
  // What rounds to nothing has no sign.
  return Number(text) === 0 ? text.replace(/^-/, '') : text.replace(/^-/, '−');
}

function digits(value: number): string {
  return value !== 0 && Math.abs(value) < 0.0001 ? value.toExponential(1) : value.toPrecision(3);
}
